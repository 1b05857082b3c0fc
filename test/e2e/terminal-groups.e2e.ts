import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from '../rig/server-process.js';
import { TerminalProcess } from '../rig/terminal-process.js';

describe('three terminals', () => {
  let server: ServerProcess;
  let data: string;
  let alice: TerminalProcess;
  let bob: TerminalProcess;
  let carol: TerminalProcess;
  const open: TerminalProcess[] = [];

  const start = (name: string): TerminalProcess => {
    const terminal = new TerminalProcess(name, server.url, data);
    open.push(terminal);
    return terminal;
  };
  const befriend = async (one: TerminalProcess, other: TerminalProcess, name: string): Promise<void> => {
    const from = one.output.length;
    one.type('/invite');
    const [, invitation = ''] = await one.shows(/(\/accept http\S+)/, from);
    other.type(invitation);
    await one.shows(new RegExp(`${name} is your friend now`));
  };

  beforeEach(async () => {
    server = await ServerProcess.start();
    data = mkdtempSync(join(tmpdir(), 'ashwire-terminals-'));
    [alice, bob, carol] = [start('alice'), start('bob'), start('carol')];
    await befriend(alice, bob, 'bob');
    await befriend(alice, carol, 'carol');
  }, 60_000);

  afterEach(async () => {
    for (const terminal of open.splice(0)) await terminal.kill();
    await server.close();
    rmSync(data, { recursive: true, force: true });
  });

  const startGroup = async (): Promise<void> => {
    alice.type('/group new "Our picnic" bob');
    await alice.shows(/alice → Our picnic \(bob\)/);
    await bob.shows(/you are in the group Our picnic with alice: \/to Our picnic/);
    bob.type('/to Our picnic');
    await bob.shows(/bob → Our picnic \(alice\)/);
  };
  const addCarol = async (): Promise<void> => {
    alice.type('/group add carol');
    await Promise.all([alice.shows(/carol is in Our picnic now/), bob.shows(/carol is in Our picnic now/)]);
    await carol.shows(/you are in the group Our picnic with [^]*: \/to Our picnic/);
    carol.type('/to Our picnic');
    await carol.shows(/carol → Our picnic/);
  };

  it('hold a group chat in which one is added and one is removed', async () => {
    await startGroup();
    alice.type('before carol');
    await bob.shows(/alice: before carol/);
    await alice.shows(/before carol {2}\[read by bob/);
    bob.type('from bob, before carol');
    await alice.shows(/bob: from bob, before carol/);

    await addCarol();
    carol.type('hello, I am carol');
    await Promise.all([alice, bob].map((terminal) => terminal.shows(/carol: hello, I am carol/)));
    bob.type('welcome');
    await Promise.all([alice, carol].map((terminal) => terminal.shows(/bob: welcome/)));
    await bob.shows(/bob: welcome {2}\[read by (alice, carol|carol, alice)/);

    alice.type('/group remove bob');
    await bob.shows(/you are no longer in Our picnic; its messages are gone/);
    await carol.shows(/bob is no longer in Our picnic/);
    alice.type('after bob');
    await carol.shows(/alice: after bob/);
    bob.type('let me in');
    await bob.shows(/You write to nobody yet/);

    expect(carol.output).not.toMatch(/before carol/);
    expect(bob.output).not.toMatch(/after bob/);
    expect(carol.output).not.toMatch(/let me in/);
  }, 90_000);

  it('mention, rename, list and leave', async () => {
    await startGroup();
    alice.type('lunch, @bob?');
    await bob.shows(/alice: lunch, @bob!\? /);
    await bob.shows(/alice mentions you/);
    expect(alice.output).not.toMatch(/@bob!/);
    bob.type('/to alice');
    await bob.shows(/bob → alice/);
    alice.type('@bob, the secret cake');
    await bob.shows(/alice mentions you in Our picnic: \/to Our picnic/);
    expect(bob.output).not.toMatch(/the secret cake/);

    alice.type('/group name Our lunch');
    await bob.shows(/Our picnic is called Our lunch now/);
    bob.type('/to Our lunch');
    await bob.shows(/alice: @bob!, the secret cake/);
    bob.type('/group remove alice');
    await bob.shows(/GROUP_OWNER_ONLY/);
    alice.type('/pay 1');
    await alice.shows(/Money goes to one friend, not to a group/);
    alice.type('/group leave');
    await bob.shows(/you own Our lunch now/);
    const from = bob.output.length;
    bob.type('/group members');
    await bob.shows(/bob \(owner, you\)/, from);
    expect(bob.output.slice(from)).not.toMatch(/alice \(/);
    alice.type('/group');
    await alice.shows(/no groups yet/);
    bob.type('/group dissolve');
    await bob.shows(/you are no longer in Our lunch/);
  }, 90_000);

  it('send a red packet and a transfer, and see them on both sides', async () => {
    alice.type('/to carol');
    await alice.shows(/alice → carol/);
    alice.type('/packet 8.88');
    await alice.shows(/INSUFFICIENT_FUNDS/);
    alice.type('/topup 100');
    await alice.shows(/top-up done: 100\.00 CNY of TEST MONEY/);
    alice.type('/packet 8.88 for the cake');
    await alice.shows(/balance 91\.12 CNY, and 8\.88 CNY under way/);
    await alice.shows(/alice: \[red packet 8\.88 CNY "for the cake", pending\]/);
    await carol.shows(/alice: \[red packet 8\.88 CNY "for the cake", \/claim 1\]/);
    carol.type('/claim');
    await carol.shows(/balance 8\.88 CNY/);
    await carol.shows(/alice: \[red packet 8\.88 CNY "for the cake", claimed\]/);
    await alice.shows(/your red packet of 8\.88 CNY to carol is claimed/);
    await alice.shows(/balance 91\.12 CNY \(TEST MONEY\)/);
    carol.type('/claim');
    await carol.shows(/There is no red packet to claim here/);

    carol.type('/pay 0.88 change');
    await alice.shows(/carol: \[transfer 0\.88 CNY "change", paid\]/);
    await alice.shows(/balance 92\.00 CNY/);
    carol.type('/pay 0.001');
    await carol.shows(/Say an amount of CNY above zero, with at most 2 decimals/);
    carol.type('/withdraw 8 MY-ACCOUNT');
    await carol.shows(/withdrawal \w+: 8\.00 CNY of TEST MONEY/);
    alice.type('/statement');
    await alice.shows(/transfer from carol +\+0\.88 CNY +=/);
    await alice.shows(/red packet to carol +-8\.88 CNY +=/);
    await alice.shows(/top-up +\+100\.00 CNY +=/);
  }, 90_000);

  it('claim a packet whose card has burned, after a new start', async () => {
    alice.type('/to carol');
    await alice.shows(/alice → carol/);
    alice.type('/topup 5');
    await alice.shows(/top-up done/);
    alice.type('/packet 5');
    await carol.shows(/alice has written|\/claim 1/);
    alice.type('/recall');
    await alice.shows(/alice:.*\[burned\]/);
    carol.type('/quit');
    await carol.gone();
    const again = start('carol');
    await again.shows(/carol → alice/);
    again.type('/claim');
    await again.shows(/balance 5\.00 CNY/);
  }, 60_000);

  it('take scripts that wait for one another', async () => {
    for (const line of ['/to carol', '/topup 10', '/packet 1.5', '/wait claimed', '/quit']) alice.type(line);
    for (const line of ['/to alice', '/wait card', '/claim', '/wait balance 1.50', '/quit']) carol.type(line);
    expect([await alice.gone(), await carol.gone()]).toEqual([0, 0]);
    expect(alice.output + carol.output).not.toMatch(/in vain/);
    expect(alice.output).toMatch(/8\.50 CNY/);
    expect(carol.output).toMatch(/balance 1\.50 CNY/);
  }, 90_000);
});
