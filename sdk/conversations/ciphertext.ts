import { decodeBase64Url } from '../crypto/base64url.js';
import { CryptoError } from '../crypto/crypto-error.js';

/** Bytes that came over the wire. @throws CryptoError BAD_MESSAGE. */
export function decodeCiphertext(text: string): Uint8Array {
  try {
    return decodeBase64Url(text);
  } catch (error) {
    throw new CryptoError('BAD_MESSAGE', 'this is not base64url', { cause: error });
  }
}
