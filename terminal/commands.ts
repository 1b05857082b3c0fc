import { Refusal } from './refusal.js';
import type { Session } from './session.js';
import { firstWord } from './words.js';

const TOPICS = {
  friends: 'finding and losing friends',
  chat: 'what has no slash is sent; @name calls a member of a group',
  groups: 'up to five people, one conversation',
  money: 'for the friend you write to; amounts like 8.88',
  keys: 'whether a friend is who you think',
  program: 'leaving, scripts',
} as const;

interface Command {
  readonly topic: keyof typeof TOPICS;
  readonly usage?: string;
  readonly help: string;
  run(session: Session, argument: string): Promise<void>;
}

/** Everything that starts with a slash. What does not is a message to the friend or the group one writes to. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  help: {
    topic: 'program',
    usage: '[TOPIC]',
    help: 'the commands by topic, or those of one',
    run: (session, topic) => session.tell(helpText(topic)),
  },
  add: {
    topic: 'friends',
    usage: 'NAME',
    help: 'ask NAME to be a friend',
    run: ({ friends }, name) => friends.request(name),
  },
  invite: { topic: 'friends', help: 'make an invitation to hand to a friend', run: ({ friends }) => friends.invite() },
  accept: {
    topic: 'friends',
    usage: 'NAME or INVITATION',
    help: 'accept a request, or redeem an invitation',
    run: ({ friends }, text) => friends.accept(text),
  },
  decline: {
    topic: 'friends',
    usage: 'NAME',
    help: 'decline a request',
    run: ({ friends }, name) => friends.decline(name),
  },
  friends: { topic: 'friends', help: 'friends and open requests', run: ({ friends }) => friends.list() },
  unfriend: {
    topic: 'friends',
    usage: 'NAME',
    help: 'end the friendship; its messages go',
    run: ({ friends }, name) => friends.remove(name),
  },
  block: {
    topic: 'friends',
    usage: 'NAME',
    help: 'end it and hear nothing more',
    run: ({ friends }, name) => friends.block(name),
  },
  to: {
    topic: 'chat',
    usage: 'NAME',
    help: 'write to this friend or group from now on',
    run: ({ chat }, name) => chat.select(name),
  },
  burn: {
    topic: 'chat',
    usage: 'SECONDS',
    help: 'burn this long after reading, at most (0 to 3600)',
    run: ({ chat }, seconds) => chat.setBurn(seconds),
  },
  recall: { topic: 'chat', help: 'burn your last message now', run: ({ chat }) => chat.recall() },
  group: { topic: 'groups', help: 'your groups', run: ({ groups }) => groups.list() },
  'group new': {
    topic: 'groups',
    usage: '"NAME" FRIEND …',
    help: 'start one with 1 to 4 friends',
    run: ({ groups }, text) => groups.create(text),
  },
  'group add': {
    topic: 'groups',
    usage: 'FRIEND',
    help: 'bring in a friend, who sees what comes from then on',
    run: ({ groups }, name) => groups.add(name),
  },
  'group remove': {
    topic: 'groups',
    usage: 'NAME',
    help: 'take somebody out; for the owner',
    run: ({ groups }, name) => groups.remove(name),
  },
  'group name': {
    topic: 'groups',
    usage: 'NEW NAME',
    help: 'call it something else',
    run: ({ groups }, name) => groups.rename(name),
  },
  'group members': { topic: 'groups', help: 'who is in it', run: ({ groups }) => groups.members() },
  'group leave': {
    topic: 'groups',
    help: 'leave it; the longest member inherits',
    run: ({ groups }) => groups.leave(),
  },
  'group dissolve': { topic: 'groups', help: 'end it for all; for the owner', run: ({ groups }) => groups.dissolve() },
  pay: {
    topic: 'money',
    usage: 'AMOUNT [NOTE]',
    help: 'transfer it at once',
    run: ({ money }, text) => money.pay(text),
  },
  packet: {
    topic: 'money',
    usage: 'AMOUNT [NOTE]',
    help: 'a red packet, to be claimed within 24 hours',
    run: ({ money }, text) => money.packet(text),
  },
  claim: {
    topic: 'money',
    usage: '[NUMBER]',
    help: 'claim the last packet of this friend, or that one',
    run: ({ money }, number) => money.claim(number),
  },
  balance: { topic: 'money', help: 'what you have', run: ({ money }) => money.balance() },
  topup: {
    topic: 'money',
    usage: 'AMOUNT',
    help: 'put money in (test money on a sandbox)',
    run: ({ money }, amount) => money.topUp(amount),
  },
  withdraw: {
    topic: 'money',
    usage: 'AMOUNT DESTINATION',
    help: 'take money out',
    run: ({ money }, text) => money.withdraw(text),
  },
  statement: {
    topic: 'money',
    usage: '[more]',
    help: 'what came and went, the newest first',
    run: ({ money }, text) => money.statement(text),
  },
  verify: {
    topic: 'keys',
    usage: '[yes]',
    help: 'show the safety number; yes: you have compared it',
    run: ({ friends }, answer) => friends.verify(answer === 'yes'),
  },
  trust: { topic: 'keys', help: "accept a friend's new key", run: ({ friends }) => friends.trust() },
  wait: {
    topic: 'program',
    usage: 'SECONDS or WHAT',
    help: 'for scripts: go on after a time, or when it is so',
    run: ({ waiting }, what) => waiting.wait(what),
  },
  logout: { topic: 'program', help: 'end the session and wipe this device', run: (session) => session.logout() },
  quit: { topic: 'program', help: 'leave; what was queued is sent first', run: (session) => session.quit() },
};

/** Without a topic: the commands by topic, on half a screen. With one, or one of its commands: what each of them does. */
export function helpText(text = ''): string[] {
  const asked = text.replace(/^\//, '');
  const topics = Object.keys(TOPICS) as (keyof typeof TOPICS)[];
  if (asked === '') return [...topics.map(overview), '/help TOPIC says what they do'];
  const topic = topics.find((name) => name === asked) ?? commandOf(asked)?.topic;
  if (!topic) throw new Refusal(`There is no help on ${asked}, but on ${topics.join(', ')}.`);
  const rows = Object.entries(COMMANDS).filter(([, command]) => command.topic === topic);
  const lines = rows.map(([name, { usage = '', help }]) => [`/${name} ${usage}`.trim(), help] as const);
  const width = Math.max(...lines.map(([left]) => left.length));
  return [`${topic}: ${TOPICS[topic]}`, ...lines.map(([left, help]) => `${left.padEnd(width)}  ${help}`)];
}

function overview(topic: keyof typeof TOPICS): string {
  const names = Object.keys(COMMANDS).filter((name) => COMMANDS[name]?.topic === topic);
  const alone = names.filter((name) => !name.includes(' ')).map((name) => `/${name}`);
  const more = names.filter((name) => name.includes(' ')).map((name) => firstWord(name)[1]);
  return `${topic.padEnd(8)} ${alone.join(' ')}${more.length === 0 ? '' : ` (${more.join(', ')})`}`;
}

const commandOf = (name: string): Command | undefined => (Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined);

/** Runs one typed line. Throws what the command throws. */
export async function runLine(session: Session, line: string): Promise<void> {
  const typed = line.trim();
  const [, name, rest = ''] = /^\/(\w+)\s*([^]*)$/.exec(typed) ?? [];
  if (name === undefined) return typed === '' ? undefined : session.chat.say(line);
  const [second, argument] = firstWord(rest);
  const pair = commandOf(`${name} ${second}`);
  if (pair) return pair.run(session, argument);
  const command = commandOf(name);
  if (!command) throw new Refusal(`There is no /${name}. /help lists what there is.`);
  if (name === 'group' && second !== '')
    throw new Refusal(`There is no /group ${second}. /help groups lists what there is.`);
  await command.run(session, rest);
}
