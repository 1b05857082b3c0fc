import type { SubmitHandshakeRequest } from '../../src/protocol/payloads/chat.payloads.js';
import type { ClaimedKeyPackage } from '../../src/protocol/payloads/user.payloads.js';
import type { EngineSource } from '../account/engine-source.js';
import { AshwireError } from '../ashwire-error.js';
import { decodeCiphertext } from '../conversations/ciphertext.js';
import { departedFrom, othersIn, type UsableSession } from '../conversations/session-roster.js';
import { decodeBase64Url, encodeBase64Url } from '../crypto/base64url.js';
import type { CryptoEngine, PendingCommit } from '../crypto/crypto-engine.port.js';
import { CryptoError } from '../crypto/crypto-error.js';
import type { ConversationRecord } from '../store/records.js';
import { type ClientStore, KINDS } from '../store/client-store.js';
import type { EventSender } from '../transport/socket-transport.js';
import { sealGroupName } from './group-name.js';

/** What one commit does; nothing of it: new keys, and the name for everybody. */
export interface GroupChange {
  readonly add?: ClaimedKeyPackage;
  /** A user id. */
  readonly remove?: string;
  readonly name?: string;
}

/** After these it is not known whether the server took the commit. */
const UNCLEAR: readonly string[] = ['OFFLINE', 'TIMEOUT', 'BAD_ANSWER', 'ANSWER_TOO_LARGE', 'UNAVAILABLE', 'INTERNAL'];

/** Makes one commit on a session and submits it, once. Under the conversation's lock. */
export class GroupCommitter {
  constructor(
    private readonly store: ClientStore,
    private readonly engines: EngineSource,
    private readonly sender: EventSender,
  ) {}

  /**
   * Whether it was accepted is told by following: another member may have been faster. While somebody who has left is still
   * in the tree, the commit is their removal and nothing else.
   * @throws CryptoError when it cannot be made on this session; AshwireError, the server's refusals but EPOCH_STALE.
   */
  async submit(conversation: ConversationRecord, session: UsableSession, change: GroupChange): Promise<void> {
    const { conversationId, epoch: baseEpoch } = session;
    const isRemovalOnly = departedFrom(session).length > 0;
    const { add, remove } = isRemovalOnly ? {} : change;
    const engine = await this.engines.get();
    const made = await this.make(engine, session, { ...(add && { add }), ...(remove !== undefined && { remove }) });
    const commit = encodeBase64Url(made.commit);
    const record = { conversationId, baseEpoch, state: encodeBase64Url(made.state), commit };
    const name = change.name ?? conversation.name;
    const isNaming = name !== undefined && (add || change.name !== undefined || session.needsName);
    const place = { state: made.state, conversationId, epoch: baseEpoch + 1 };
    const request: SubmitHandshakeRequest = {
      ...{ conversationId, baseEpoch, kind: 'commit', commit, welcomed: [] },
      ...(made.welcome && { welcome: encodeBase64Url(made.welcome) }),
      ...(add && { welcomed: [{ userId: add.userId, deviceId: add.deviceId }] }),
      ...((add || remove !== undefined) && {
        change: { add: add ? [add.userId] : [], remove: remove === undefined ? [] : [remove] },
      }),
      ...(isNaming && { sealedName: await sealGroupName(engine, place, name) }),
    };
    await this.store.commit(this.store.put(KINDS.pendingCommit, record));
    await this.send(request);
  }

  private async make(engine: CryptoEngine, session: UsableSession, change: GroupChange): Promise<PendingCommit> {
    const { add, remove } = change;
    const { members, roster = [] } = session;
    const state = decodeBase64Url(session.state);
    const leaving = remove === undefined ? departedFrom(session) : members.filter(({ userId }) => userId === remove);
    if (!add && leaving.length === 0) return engine.update(state);
    const deviceIds = leaving.map(({ deviceId }) => deviceId);
    if (!add) return engine.remove(state, deviceIds);
    const account = await this.engines.account();
    const others = [...roster, add.userId];
    const made = await engine.add(state, [decodeCiphertext(add.keyPackage)], [account.userId, ...others]);
    const devices = othersIn(await engine.roster(made.state), account, others);
    if (!devices.some(({ userId, deviceId }) => userId === add.userId && deviceId === add.deviceId))
      throw new CryptoError('BAD_KEY_PACKAGE', 'the key package is of another device');
    return made;
  }

  private async send(request: SubmitHandshakeRequest): Promise<void> {
    try {
      await this.sender.emit('handshake:submit', request);
    } catch (error) {
      const { code } = AshwireError.from(error);
      if (code === 'EPOCH_STALE') return;
      // A state that will never be must not stay: it holds keys of messages that were burned since.
      if (!UNCLEAR.includes(code))
        await this.store.commit(this.store.delete(KINDS.pendingCommit, request.conversationId));
      throw error;
    }
  }
}
