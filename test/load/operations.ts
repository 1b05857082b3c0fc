import { LIMITS } from '../../src/protocol/limits.js';
import type { SendResult } from '../../src/protocol/payloads/chat.payloads.js';
import { balanceOf, orderOf, place, topUp } from '../rig/order-payer.js';
import { RawMember } from '../rig/raw-group.js';
import { ask, befriend, RawPerson } from '../rig/raw-person.js';
import { atOnce } from './at-once.js';
import { login } from './login.js';
import type { Report } from './report.js';
import type { Subject } from './subject.js';

const UNDER_WAY = 20;

type Measure = (what: string, count: number, work: () => Promise<unknown>) => Promise<void>;

/** What else people do often: lists, logins, messages in groups, and payments. */
export async function measureOperations(subject: Subject, times: number, report: Report): Promise<void> {
  const measure: Measure = async (what, count, work) => {
    await atOnce(UNDER_WAY, Math.ceil(count / 5), work);
    const before = await subject.nodes.ask('sample');
    await atOnce(UNDER_WAY, count, work);
    const after = await subject.nodes.ask('sample');
    report.add(`${what}, CPU µs`, subject.name, (after.cpuMicros - before.cpuMicros) / count);
  };
  await measureLists(subject.nodes.urlOf(0), times, measure);
  await measureGroup(subject.nodes.urlOf(0), times, measure);
  await measureMoney(subject.nodes.urlOf(0), Math.ceil(times / 10), measure);
}

/** Of someone with as many friends as one may have. */
async function measureLists(url: string, times: number, measure: Measure): Promise<void> {
  const person = await RawPerson.register(url);
  for (let index = 0; index < LIMITS.friends; index += 1) await befriend(person, await RawPerson.register(url));
  const socket = await person.connect();
  await measure('conversation:list of 20', times, async () => {
    const { data } = await ask(socket, 'conversation:list', {});
    const { length } = (data as { conversations: unknown[] }).conversations;
    if (length !== LIMITS.friends) throw new Error('a list is not whole');
  });
  await measure('GET /api/friends of 20', times, () => person.request('GET', '/api/friends'));
  await measure('login (challenge and session)', Math.ceil(times / 10), () => login(person));
  person.disconnect();
}

/** A full group: each message is stored once and goes to four. The sender recalls it, so that it does not pile up. */
async function measureGroup(url: string, times: number, measure: Measure): Promise<void> {
  const [owner, ...others] = await RawMember.registerMany(url, LIMITS.groupMembers);
  if (!owner) throw new Error('a group needs somebody');
  await owner.befriend(...others);
  const groupId = await owner.found(...others);
  await measure('message to a group of 5, sent and recalled', times, async () => {
    const { incarnation, seq } = (await owner.send(groupId, 1)).data as unknown as SendResult;
    await owner.ask('message:burn', { conversationId: groupId, incarnation, seqs: [seq] });
  });
  await measure('GET /api/groups', times, () => owner.person.request('GET', '/api/groups'));
  for (const { person } of [owner, ...others]) person.disconnect();
}

async function measureMoney(url: string, times: number, measure: Measure): Promise<void> {
  const [payer, payee] = [await RawPerson.register(url), await RawPerson.register(url)];
  await befriend(payer, payee);
  await topUp(payer, 2 * times);
  // Signed beforehand: that is the client's work.
  const orders = await Promise.all(Array.from({ length: 2 * times }, () => orderOf(payer, payee, { amount: 1 })));
  await measure('transfer', times, async () => {
    const { status } = await place(payer, orders.pop() ?? {});
    if (status !== 200) throw new Error(`a transfer was answered with ${status}`);
  });
  await measure('statement of 50', times, () => payer.request('GET', '/api/payments/statement'));
  const [left] = await balanceOf(payer);
  if (left !== orders.length) throw new Error('the balance is not what was paid');
}
