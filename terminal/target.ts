import type { Contact, Group } from '../sdk/index.js';
import { printable } from './message-line.js';
import { Refusal } from './refusal.js';

/** Whom one writes to. */
export type Target =
  | { readonly kind: 'friend'; readonly conversationId: string; readonly friend: Contact }
  | { readonly kind: 'group'; readonly conversationId: string; readonly group: Group };

export const friendTarget = (friend: Contact): Target => ({
  ...{ kind: 'friend', conversationId: friend.conversationId, friend },
});
export const groupTarget = (group: Group): Target => ({ kind: 'group', conversationId: group.groupId, group });

export const groupName = ({ name }: Group): string => (name === '' ? 'a group without a name' : printable(name));

/** What to type after `/to` for one of these groups. */
export const groupAddress = (group: Group, all: readonly Group[]): string =>
  group.name === '' ? numberOf(group, all) : printable(group.name);

const numberOf = ({ groupId }: Group, all: readonly Group[]): string =>
  `#${all.findIndex((group) => group.groupId === groupId) + 1}`;

export function describeTarget(target: Target): string {
  if (target.kind === 'friend') return `${printable(target.friend.username)} (${target.friend.trust})`;
  const others = target.group.members.filter(({ isSelf }) => !isSelf).map(({ username }) => printable(username));
  return `${groupName(target.group)} (${others.join(', ') || 'nobody else'})`;
}

/** A friend by its name or @name; a group by its name or #number. */
export function findTarget(text: string, friends: readonly Contact[], groups: readonly Group[]): Target {
  const numbered = /^#(\d{1,2})$/.exec(text);
  const byNumber = numbered ? groups[Number(numbered[1]) - 1] : undefined;
  if (byNumber) return groupTarget(byNumber);
  const name = text.replace(/^@/, '');
  const friend = friends.find(({ username }) => username === name);
  const named = text.startsWith('@') ? [] : groups.filter((group) => group.name === text);
  const found = [...(friend ? [friendTarget(friend)] : []), ...named.map(groupTarget)];
  if (found.length > 1) throw new Refusal(ambiguous(name, friend !== undefined, named, groups));
  if (!found[0]) throw new Refusal(`You have no friend called ${name}, and no group of that name.`);
  return found[0];
}

function ambiguous(name: string, isFriend: boolean, named: readonly Group[], groups: readonly Group[]): string {
  const ways = named.map((group) => `/to ${numberOf(group, groups)}`);
  if (isFriend) ways.unshift(`/to @${name} for the friend`);
  return `${name} is more than one. Say which: ${ways.join(', ')}`;
}
