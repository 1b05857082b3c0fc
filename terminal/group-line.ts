import type { Group } from '../sdk/index.js';
import { printable } from './message-line.js';
import { groupAddress, groupName } from './target.js';

const namesOf = (members: Group['members']): string => members.map(({ username }) => printable(username)).join(', ');

export function describeGroup(group: Group, number: number): string {
  return `#${number} ${groupName(group)}${group.isOwner ? ', yours' : ''}: ${namesOf(group.members)}`;
}

export function describeMembers({ members, ownerId }: Group): string[] {
  return members.map(({ userId, username, isSelf, isFriend }) => {
    const facts = [userId === ownerId && 'owner', isSelf && 'you', isFriend && 'friend'].filter(
      (fact) => fact !== false,
    );
    return `${printable(username)}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
  });
}

/** What is other than before, in sentences. A group is new once its name is known: that comes sealed, and later. */
export function describeChanges(before: Group | undefined, now: Group, all: readonly Group[]): string[] {
  if (now.name === '') return [];
  const name = groupName(now);
  if (!before || before.name === '') {
    const others = namesOf(now.members.filter(({ isSelf }) => !isSelf));
    return [`you are in the group ${name} with ${others || 'nobody else'}: /to ${groupAddress(now, all)}`];
  }
  const missing = (from: Group, members: Group): string =>
    namesOf(from.members.filter(({ userId }) => !members.members.some((member) => member.userId === userId)));
  const [added, gone] = [missing(now, before), missing(before, now)];
  return [
    ...(now.name === before.name ? [] : [`${groupName(before)} is called ${name} now`]),
    ...(added && [`${added} is in ${name} now`]),
    ...(gone && [`${gone} is no longer in ${name}`]),
    ...(now.ownerId === before.ownerId ? [] : [ownership(now)]),
  ];
}

function ownership(group: Group): string {
  const owner = group.members.find(({ userId }) => userId === group.ownerId);
  return `${group.isOwner ? 'you own' : `${printable(owner?.username ?? 'somebody')} owns`} ${groupName(group)} now`;
}
