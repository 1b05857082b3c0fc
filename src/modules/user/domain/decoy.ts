import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Challenge } from '../../../protocol/signing.js';
import { type Account, INITIAL_SETTINGS } from './account.js';
import { userIdOf } from './identity.js';

/**
 * Stands in for an account or a challenge that does not exist, so that a login that cannot succeed does the same work as any
 * other. Nobody has its keys.
 */
export function decoyAccount(): Account {
  const identityKey = String(generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x);
  const userId = userIdOf(identityKey);
  const deviceId = randomBytes(16).toString('base64url');
  return {
    ...{ userId, identityKey, keyVersion: 1, createdAt: 0, settings: INITIAL_SETTINGS },
    username: '',
    displayName: '',
    role: 'user',
    avatarColour: 'grey',
    device: { userId, deviceId, leafKey: identityKey, createdAt: 0, signature: '' },
  };
}

export const DECOY_CHALLENGE: Challenge = {
  challengeId: 'A'.repeat(22),
  nonce: 'A'.repeat(43),
  server: '',
  account: '',
  purpose: 'login',
  expiresAt: 0,
};
