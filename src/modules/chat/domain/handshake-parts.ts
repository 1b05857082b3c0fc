import type { SubmitHandshakeRequest } from '../../../protocol/payloads/chat.payloads.js';
import { DomainError } from '../../../shared/domain-error.js';

/** What can be said of a handshake whoever the members are. A commit without a change renews keys, renames, or removes a leaver. */
export function checkParts(request: SubmitHandshakeRequest, conversationKind: 'direct' | 'group'): void {
  const { kind, commit, change, welcome, welcomed, sealedName } = request;
  if (kind === 'commit' && commit === undefined) throw problem('commit', 'is required for a commit');
  if (sealedName !== undefined && conversationKind !== 'group') throw problem('sealedName', 'is for groups only');
  if (change) {
    if (kind !== 'commit' || conversationKind !== 'group') throw problem('change', 'is for commits in groups only');
    const named = [...change.add, ...change.remove];
    if (named.length === 0) throw problem('change', 'names nobody');
    if (hasTwice(named)) throw problem('change', 'names somebody twice');
  }
  if ((welcome === undefined) !== (welcomed.length === 0)) throw problem('welcome', 'goes together with welcomed');
  if (hasTwice(welcomed.map(({ deviceId }) => deviceId))) throw problem('welcomed', 'names a device twice');
}

/** Welcomed is who has no place in the tree yet: after a reset all others, after a commit the added. Nobody else, nobody twice. */
export function checkWelcomed(request: SubmitHandshakeRequest, senderId: string, members: readonly string[]): void {
  const { kind, change, welcomed } = request;
  const newcomers = kind === 'reset' ? members.filter((userId) => userId !== senderId) : (change?.add ?? []);
  const named = welcomed.map(({ userId }) => userId);
  const isExact = named.length === newcomers.length && newcomers.every((userId) => named.includes(userId));
  if (!isExact) throw problem('welcomed', 'has to name each newcomer once and nobody else');
}

const hasTwice = (values: readonly string[]): boolean => new Set(values).size < values.length;

const problem = (field: string, what: string): DomainError =>
  new DomainError('BAD_REQUEST', { problems: [{ field, problem: what }] });
