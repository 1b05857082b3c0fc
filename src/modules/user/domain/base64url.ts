/** The bytes of base64url text, or null when it is not their one canonical form: a key must not have two names. */
export function decodeBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}
