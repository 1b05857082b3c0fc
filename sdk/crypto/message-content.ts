import { LIMITS } from '../../src/protocol/limits.js';
import { CryptoError } from './crypto-error.js';
import { decodeFields, encodeFields, integerOfField, textOfField } from './length-prefixed.js';

/**
 * What a message authenticates beside its payload. The server sees it, but cannot change it: not move a message to another
 * conversation, not give it another id, not lengthen its life. The receiver compares it with the envelope.
 */
export interface MessageContent {
  readonly version: 1;
  readonly conversationId: string;
  readonly clientMessageId: string;
  readonly burnAfterReadSeconds: number;
  readonly kind: 'content';
}

const DOMAIN = 'ashwire/message-content';
const MAX_ID_CHARACTERS = 128;

/** The canonical bytes: each content has one encoding. @throws CryptoError `BAD_MESSAGE` for values out of range. */
export function encodeMessageContent(content: MessageContent): Uint8Array<ArrayBuffer> {
  const { version, conversationId, clientMessageId, burnAfterReadSeconds, kind } = content;
  requireValid(content);
  return encodeFields(DOMAIN, version, conversationId, clientMessageId, burnAfterReadSeconds, kind);
}

/** @throws CryptoError `BAD_MESSAGE` for anything that {@link encodeMessageContent} would not write, also another version. */
export function decodeMessageContent(bytes: Uint8Array): MessageContent {
  try {
    const [domain, version, conversationId, clientMessageId, burnAfterReadSeconds, kind] = decodeFields(bytes, 6);
    if (textOfField(domain) !== DOMAIN) throw new RangeError('another kind of bytes');
    if (integerOfField(version) !== 1) throw new RangeError('this client knows version 1 only');
    if (textOfField(kind) !== 'content') throw new RangeError('an unknown kind');
    const content: MessageContent = {
      version: 1,
      conversationId: textOfField(conversationId),
      clientMessageId: textOfField(clientMessageId),
      burnAfterReadSeconds: integerOfField(burnAfterReadSeconds),
      kind: 'content',
    };
    requireValid(content);
    return content;
  } catch (error) {
    if (error instanceof CryptoError) throw error;
    throw new CryptoError('BAD_MESSAGE', 'the authenticated data of the message cannot be read', { cause: error });
  }
}

function requireValid({ conversationId, clientMessageId, burnAfterReadSeconds }: MessageContent): void {
  const { min, max } = LIMITS.burnAfterReadSeconds;
  const idsFit = [conversationId, clientMessageId].every((id) => id.length > 0 && id.length <= MAX_ID_CHARACTERS);
  const lifeFits = Number.isInteger(burnAfterReadSeconds) && burnAfterReadSeconds >= min && burnAfterReadSeconds <= max;
  if (!idsFit || !lifeFits) throw new CryptoError('BAD_MESSAGE', 'the authenticated data is out of range');
}
