const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUE_OF = new Map([...ALPHABET].map((character, value) => [character, value]));

/** Base64url (RFC 4648, section 5) without padding, alike in browsers and Node. */
export function encodeBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (let offset = 0; offset < bytes.length; offset += 3) {
    const [first = 0, second, third] = bytes.subarray(offset, offset + 3);
    const group = (first << 16) | ((second ?? 0) << 8) | (third ?? 0);
    text += ALPHABET.charAt(group >> 18) + ALPHABET.charAt((group >> 12) & 63);
    if (second !== undefined) text += ALPHABET.charAt((group >> 6) & 63);
    if (third !== undefined) text += ALPHABET.charAt(group & 63);
  }
  return text;
}

/**
 * Strict: no padding, no white space, no character of plain base64, no stray bits at the end. So each byte string has
 * exactly one encoding, and two texts that differ are two values (a key cannot be pinned under two names).
 * @throws RangeError with the reason.
 */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> {
  if (text.length % 4 === 1) throw new RangeError('base64url text has an impossible length');
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let bitCount = 0;
  let offset = 0;
  for (const character of text) {
    const value = VALUE_OF.get(character);
    if (value === undefined) throw new RangeError('base64url text has a character that does not belong there');
    bits = ((bits << 6) | value) & 0xffff;
    bitCount += 6;
    if (bitCount < 8) continue;
    bitCount -= 8;
    bytes[offset++] = (bits >> bitCount) & 0xff;
  }
  if ((bits & ((1 << bitCount) - 1)) !== 0) throw new RangeError('base64url text has stray bits at its end');
  return bytes;
}
