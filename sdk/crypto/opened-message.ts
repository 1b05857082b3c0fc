import type { CiphersuiteImpl, ClientState, EpochReceiverData, KeyPackage, PrivateMessage, RatchetTree } from 'ts-mls';
import { unprotectPrivateMessage, type UnprotectResult } from 'ts-mls/messageProtection.js';
import { decryptSenderData } from 'ts-mls/privateMessage.js';
import { equalBytes } from './bytes.js';
import { CryptoError, withErrorCode } from './crypto-error.js';
import { MLS_KEY_RETENTION } from './mls-suite.js';

export type OpenedContent = UnprotectResult['content']['content'];

export interface OpenedMessage {
  readonly content: OpenedContent;
  readonly senderLeafIndex: number;
  /** The tree of the message's epoch, in which the leaf index means something. */
  readonly ratchetTree: RatchetTree;
  /** The state without the key that opened the message. For a commit, advance with `processPrivateMessage` instead. */
  readonly newState: ClientState;
  readonly consumed: Uint8Array[];
}

/**
 * Opens a private message with its sender. `processPrivateMessage` decrypts by the same function but forgets who signed, so
 * for application messages the state is advanced here, exactly as it would do it: one use of the ratchet, one source for
 * plaintext, sender and new state. For a commit, the original state is then processed by the library as a whole.
 * @throws CryptoError `BAD_MESSAGE`, `FUTURE_EPOCH`, `STALE_EPOCH`, `REPLAYED`, `DECRYPT_FAILED`.
 */
export async function openPrivateMessage(
  state: ClientState,
  message: PrivateMessage,
  suite: CiphersuiteImpl,
): Promise<OpenedMessage> {
  const keys = keysOfEpoch(state, message);
  await requireUnusedKey(state, keys, message, suite);
  const opened = await withErrorCode('DECRYPT_FAILED', 'the message does not open', () =>
    unprotectPrivateMessage(
      keys.senderDataSecret,
      message,
      keys.secretTree,
      keys.ratchetTree,
      keys.groupContext,
      MLS_KEY_RETENTION,
      suite,
    ),
  );
  const { content } = opened.content;
  if (content.sender.senderType !== 'member') throw new CryptoError('BAD_MESSAGE', 'the sender is not a member');
  const newState =
    message.epoch === state.groupContext.epoch
      ? { ...state, secretTree: opened.tree }
      : {
          ...state,
          historicalReceiverData: new Map(state.historicalReceiverData).set(message.epoch, {
            ...keys,
            secretTree: opened.tree,
          }),
        };
  const senderLeafIndex = content.sender.leafIndex;
  return { content, senderLeafIndex, ratchetTree: keys.ratchetTree, newState, consumed: opened.consumed };
}

/**
 * Ashwire's commits add and remove members, by value, or only renew keys. No proposals by reference, no pre-shared keys, no
 * extensions, no external or reinit commits.
 * @throws CryptoError `BAD_MESSAGE`.
 */
export function requireMemberCommit(content: OpenedContent): { added: KeyPackage[]; removedLeaves: Set<number> } {
  if (content.contentType !== 'commit') throw new CryptoError('BAD_MESSAGE', 'a commit was expected');
  const added: KeyPackage[] = [];
  const removedLeaves = new Set<number>();
  for (const entry of content.commit.proposals) {
    const proposal = entry.proposalOrRefType === 'proposal' ? entry.proposal : undefined;
    if (proposal?.proposalType === 'add') added.push(proposal.add.keyPackage);
    else if (proposal?.proposalType === 'remove') removedLeaves.add(proposal.remove.removed);
    else throw new CryptoError('BAD_MESSAGE', 'the commit holds a proposal that Ashwire does not use');
  }
  return { added, removedLeaves };
}

function keysOfEpoch(state: ClientState, message: PrivateMessage): EpochReceiverData {
  const { groupContext, keySchedule, secretTree, ratchetTree, historicalReceiverData } = state;
  if (!equalBytes(message.groupId, groupContext.groupId)) {
    throw new CryptoError('BAD_MESSAGE', 'the message is of another group');
  }
  if (message.epoch > groupContext.epoch)
    throw new CryptoError('FUTURE_EPOCH', 'a commit before this message is missing');
  if (message.epoch < groupContext.epoch) {
    const past = historicalReceiverData.get(message.epoch);
    if (past === undefined) throw new CryptoError('STALE_EPOCH', 'the keys of this epoch are gone');
    return past;
  }
  const { senderDataSecret, resumptionPsk } = keySchedule;
  return { secretTree, ratchetTree, senderDataSecret, groupContext, resumptionPsk };
}

/** Tells a replay from damage. ts-mls says both with an error text, and does not act on a sender that is no leaf. */
async function requireUnusedKey(
  state: ClientState,
  keys: EpochReceiverData,
  message: PrivateMessage,
  suite: CiphersuiteImpl,
): Promise<void> {
  const sender = await withErrorCode('DECRYPT_FAILED', 'the message is not for this group', () =>
    decryptSenderData(message, keys.senderDataSecret, suite),
  );
  const node = sender && keys.secretTree[sender.leafIndex * 2];
  if (sender === undefined || node === undefined || keys.ratchetTree[sender.leafIndex * 2]?.nodeType !== 'leaf') {
    throw new CryptoError('DECRYPT_FAILED', 'the sender is not in the group');
  }
  if (sender.leafIndex === state.privatePath.leafIndex) {
    throw new CryptoError('REPLAYED', 'the message is one of our own');
  }
  const ratchet = message.contentType === 'application' ? node.application : node.handshake;
  if (sender.generation < ratchet.generation && ratchet.unusedGenerations[sender.generation] === undefined) {
    throw new CryptoError('REPLAYED', 'the key of this message has been used, or dropped as too far behind');
  }
}
