import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from '../rig/server-process.js';
import { TerminalProcess } from '../rig/terminal-process.js';

describe('two terminals', () => {
  let server: ServerProcess;
  let data: string;
  const open: TerminalProcess[] = [];

  beforeEach(async () => {
    server = await ServerProcess.start();
    data = mkdtempSync(join(tmpdir(), 'ashwire-terminals-'));
  });

  afterEach(async () => {
    for (const terminal of open.splice(0)) await terminal.kill();
    await server.close();
    rmSync(data, { recursive: true, force: true });
  });

  const start = (name: string, ...more: readonly string[]): TerminalProcess => {
    const terminal = new TerminalProcess(name, server.url, data, more);
    open.push(terminal);
    return terminal;
  };
  const befriended = async (): Promise<[TerminalProcess, TerminalProcess]> => {
    const alice = start('alice');
    const bob = start('bob');
    alice.type('/invite');
    const [, invitation = ''] = await alice.shows(/(\/accept http\S+)/);
    bob.type(invitation);
    await Promise.all([alice.shows(/alice → bob/), bob.shows(/bob → alice/)]);
    return [alice, bob];
  };

  it('hold a conversation in which each line goes up to burned', async () => {
    const [alice, bob] = await befriended();
    alice.type('/burn 1');
    await bob.shows(/burns 1 s after reading/);
    alice.type('hello bob');
    await bob.shows(/alice: hello bob/);
    for (const state of ['accepted', 'delivered', 'read'])
      await alice.shows(new RegExp(`alice: hello bob .*\\[${state}`));
    await Promise.all([alice.shows(/alice: +\[burned\]/), bob.shows(/alice: +\[burned\]/)]);
    bob.type('hello alice');
    await alice.shows(/bob: hello alice/);
    expect(await alice.end()).toBe(0);
  }, 60_000);

  it('one of them killed in between, get everything when it is back; so does a restarted server', async () => {
    const [alice, bob] = await befriended();
    await bob.kill();
    alice.type('while you were away');
    await alice.shows(/while you were away {2}\[accepted/);
    await server.kill('SIGKILL');
    alice.type('while the server was away');
    await server.launch();
    const again = start('bob');
    await again.shows(/alice: while you were away[^]*alice: while the server was away/);
    await alice.shows(/while the server was away {2}\[read/);
  }, 60_000);

  it('meet by username, with a yes from the other side', async () => {
    const alice = start('alice');
    await alice.shows(/online/);
    const bob = start('bob');
    await bob.shows(/online/);
    alice.type('/add bob');
    await bob.shows(/alice asks/);
    bob.type('/accept alice');
    await alice.shows(/bob is your friend now/);
  }, 60_000);

  it('take a script from a pipe, and end with its last line', async () => {
    const [alice, bob] = await befriended();
    alice.type('/burn 0');
    alice.type('from a script');
    alice.type('/wait burned');
    alice.type('/quit');
    expect(await alice.gone()).toBe(0);
    await bob.shows(/alice: +\[burned\]/);
    expect(alice.output).toMatch(/\[burned\]/);
  }, 60_000);

  it('say in a sentence what is wrong', async () => {
    const nobody = new TerminalProcess('Not A Name', server.url, data);
    expect(await nobody.gone()).toBe(1);
    expect(nobody.output).toMatch(/username|name/i);
    const alice = start('alice');
    await alice.shows(/online/);
    alice.type('/nothing');
    alice.type('to nobody');
    alice.type('/to stranger');
    await alice.shows(/no \/nothing[^]*write to nobody yet[^]*no friend called stranger/);
    const twice = start('alice');
    expect(await twice.gone()).toBe(1);
    expect(twice.output).toMatch(/STORAGE_IN_USE/);
  }, 60_000);
});
