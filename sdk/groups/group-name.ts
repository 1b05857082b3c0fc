import { LIMITS } from '../../src/protocol/limits.js';
import { AshwireError } from '../ashwire-error.js';
import { decodeBase64Url, encodeBase64Url } from '../crypto/base64url.js';
import type { CryptoEngine } from '../crypto/crypto-engine.port.js';
import { CryptoError } from '../crypto/crypto-error.js';

const LABEL = 'ashwire group name';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const utf8 = new TextEncoder();

/** Where a name is sealed: under the state of the conversation that its epoch (the server's count) starts with. */
export interface NamePlace {
  readonly state: Uint8Array;
  readonly conversationId: string;
  readonly epoch: number;
}

/** In the one form in which it is sealed. @throws AshwireError BAD_REQUEST unless it has 1 to 64 code points, no controls. */
export function groupNameOf(text: string): string {
  const name = text.normalize('NFC');
  const { length } = [...name];
  if (length < 1 || length > LIMITS.groupNameCodePoints || /[\p{Cc}\p{Cs}]/u.test(name)) {
    throw new AshwireError('BAD_REQUEST', { field: 'name', min: 1, max: LIMITS.groupNameCodePoints });
  }
  return name;
}

/** AES-256-GCM under a secret that only the members of this epoch can derive; nonce, then ciphertext, in base64url. */
export async function sealGroupName(engine: CryptoEngine, place: NamePlace, name: string): Promise<string> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const key = await keyOf(engine, place, 'encrypt');
  const sealed = await crypto.subtle.encrypt(parameters(place, nonce), key, utf8.encode(groupNameOf(name)));
  return encodeBase64Url(new Uint8Array([...nonce, ...new Uint8Array(sealed)]));
}

/** @throws CryptoError BAD_MESSAGE for what does not open, or is no name. */
export async function openGroupName(engine: CryptoEngine, place: NamePlace, sealedName: string): Promise<string> {
  const key = await keyOf(engine, place, 'decrypt');
  try {
    const bytes = decodeBase64Url(sealedName);
    const nonce = bytes.slice(0, NONCE_BYTES);
    const opened = await crypto.subtle.decrypt(parameters(place, nonce), key, bytes.slice(NONCE_BYTES));
    const name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(opened);
    if (groupNameOf(name) !== name) throw new RangeError('not in its normal form');
    return name;
  } catch (error) {
    throw new CryptoError('BAD_MESSAGE', 'the name of the group does not open', { cause: error });
  }
}

async function keyOf(
  engine: CryptoEngine,
  { state, conversationId }: NamePlace,
  usage: 'encrypt' | 'decrypt',
): Promise<CryptoKey> {
  const secret = await engine.exportSecret(state, LABEL, utf8.encode(conversationId), KEY_BYTES);
  return crypto.subtle.importKey('raw', new Uint8Array(secret), 'AES-GCM', false, [usage]);
}

/** The place is authenticated: a name cannot be moved to another group or epoch. */
function parameters({ conversationId, epoch }: NamePlace, nonce: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: 'AES-GCM', iv: nonce, additionalData: utf8.encode(`${conversationId}:${epoch}`) };
}
