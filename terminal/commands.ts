import type { Chat } from './chat.js';
import { Refusal } from './refusal.js';

interface Command {
  readonly usage: string;
  readonly help: string;
  run(chat: Chat, argument: string): Promise<void>;
}

/** Everything that starts with a slash. What does not is a message to the friend one writes to. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  help: { usage: '', help: 'this list', run: (chat) => chat.tell(helpText()) },
  add: { usage: 'NAME', help: 'ask NAME to be a friend', run: (chat, name) => chat.requestFriend(name) },
  invite: { usage: '', help: 'make an invitation to hand to a friend', run: (chat) => chat.invite() },
  accept: {
    usage: 'NAME or INVITATION',
    help: 'accept a request, or redeem an invitation',
    run: (chat, text) => chat.accept(text),
  },
  decline: { usage: 'NAME', help: 'decline a request', run: (chat, name) => chat.decline(name) },
  friends: { usage: '', help: 'friends and open requests', run: (chat) => chat.listFriends() },
  to: { usage: 'NAME', help: 'write to NAME from now on', run: (chat, name) => chat.select(name) },
  burn: {
    usage: 'SECONDS',
    help: 'burn this long after reading, at most (0 to 3600)',
    run: (chat, seconds) => chat.setBurn(seconds),
  },
  recall: { usage: '', help: 'burn your last message now', run: (chat) => chat.recall() },
  verify: {
    usage: '[yes]',
    help: 'show the safety number; with yes: you have compared it',
    run: (chat, answer) => chat.verify(answer === 'yes'),
  },
  trust: { usage: '', help: "accept a friend's new key", run: (chat) => chat.trust() },
  unfriend: { usage: 'NAME', help: 'end the friendship; its messages go', run: (chat, name) => chat.unfriend(name) },
  block: { usage: 'NAME', help: 'end it and hear nothing more', run: (chat, name) => chat.block(name) },
  wait: {
    usage: 'SECONDS or friend, message, delivered, read, burned',
    help: 'for scripts: go on after a time, or when it is so',
    run: (chat, what) => chat.wait(what),
  },
  logout: { usage: '', help: 'end the session and wipe this device', run: (chat) => chat.logout() },
  quit: { usage: '', help: 'leave; what was queued is sent first', run: (chat) => chat.quit() },
};

export function helpText(): string {
  const rows = Object.entries(COMMANDS).map(([name, { usage, help }]) => [`/${name} ${usage}`.trim(), help] as const);
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, help]) => `${left.padEnd(width)}  ${help}`).join('\n');
}

/** Runs one typed line. Throws what the command throws. */
export async function runLine(chat: Chat, line: string): Promise<void> {
  const [, name, argument = ''] = /^\/(\w+)\s*(.*)$/.exec(line.trim()) ?? [];
  if (name === undefined) return line.trim() === '' ? undefined : chat.say(line);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new Refusal(`There is no /${name}. /help lists what there is.`);
  await command.run(chat, argument.trim());
}
