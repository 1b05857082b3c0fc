import {
  type ClientConfig,
  type ClientState,
  decodeGroupState,
  decodeMlsMessage,
  encodeGroupState,
  encodeMlsMessage,
  type GroupState,
  type KeyPackage,
  type MLSMessage,
  type PrivateMessage,
  type Welcome,
} from 'ts-mls';
import { equalBytes } from './bytes.js';
import { CryptoError, type CryptoErrorCode } from './crypto-error.js';

const STATE_VERSION = 1;

/**
 * Strict decoding. ts-mls ignores bytes behind a message, and several encodings of one length; here the message, encoded
 * again, must give the same bytes.
 */
function decodeMessage(bytes: Uint8Array, code: CryptoErrorCode): MLSMessage {
  try {
    const decoded = decodeMlsMessage(bytes, 0);
    if (decoded === undefined || decoded[1] !== bytes.length) throw new RangeError('not one whole MLS message');
    if (decoded[0].version !== 'mls10') throw new RangeError('another version of MLS');
    if (!equalBytes(encodeMlsMessage(decoded[0]), bytes)) throw new RangeError('not the canonical encoding');
    return decoded[0];
  } catch (error) {
    throw new CryptoError(code, 'the bytes are not an MLS message', { cause: error });
  }
}

/** @throws CryptoError `BAD_MESSAGE`, also for a public message: Ashwire never sends one. */
export function decodePrivateMessage(bytes: Uint8Array): PrivateMessage {
  const message = decodeMessage(bytes, 'BAD_MESSAGE');
  if (message.wireformat !== 'mls_private_message') {
    throw new CryptoError('BAD_MESSAGE', `a private message was expected, not ${message.wireformat}`);
  }
  return message.privateMessage;
}

/** @throws CryptoError `BAD_MESSAGE`. */
export function decodeWelcome(bytes: Uint8Array): Welcome {
  const message = decodeMessage(bytes, 'BAD_MESSAGE');
  if (message.wireformat !== 'mls_welcome') {
    throw new CryptoError('BAD_MESSAGE', `a welcome was expected, not ${message.wireformat}`);
  }
  return message.welcome;
}

/** @throws CryptoError `BAD_KEY_PACKAGE`. */
export function decodeKeyPackageMessage(bytes: Uint8Array): KeyPackage {
  const message = decodeMessage(bytes, 'BAD_KEY_PACKAGE');
  if (message.wireformat !== 'mls_key_package') {
    throw new CryptoError('BAD_KEY_PACKAGE', `a key package was expected, not ${message.wireformat}`);
  }
  return message.keyPackage;
}

export function encodePrivateMessage(privateMessage: PrivateMessage): Uint8Array {
  return encodeMlsMessage({ version: 'mls10', wireformat: 'mls_private_message', privateMessage });
}

export function encodeWelcome(welcome: Welcome): Uint8Array {
  return encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome });
}

export function encodeKeyPackageMessage(keyPackage: KeyPackage): Uint8Array {
  return encodeMlsMessage({ version: 'mls10', wireformat: 'mls_key_package', keyPackage });
}

/** A version byte, then ts-mls's own encoding. */
export function encodeState(state: GroupState): Uint8Array {
  const encoded = encodeGroupState(state);
  const bytes = new Uint8Array(1 + encoded.length);
  bytes[0] = STATE_VERSION;
  bytes.set(encoded, 1);
  encoded.fill(0);
  return bytes;
}

/**
 * The secrets of the decoded state are views of `bytes`: give a copy, and overwrite it afterwards.
 * @throws CryptoError `BAD_MESSAGE` when the bytes are not a state.
 */
export function decodeState(bytes: Uint8Array, clientConfig: ClientConfig): ClientState {
  try {
    if (bytes[0] !== STATE_VERSION) throw new RangeError('another version of the state');
    const decoded = decodeGroupState(bytes.subarray(1), 0);
    if (decoded === undefined || decoded[1] !== bytes.length - 1) throw new RangeError('not one whole state');
    return { ...decoded[0], clientConfig };
  } catch (error) {
    throw new CryptoError('BAD_MESSAGE', 'the stored state of the conversation cannot be read', { cause: error });
  }
}

export function epochNumber(epoch: bigint): number {
  if (epoch > BigInt(Number.MAX_SAFE_INTEGER)) throw new CryptoError('BAD_MESSAGE', 'an epoch is out of range');
  return Number(epoch);
}
