import type { SessionEnd } from './session.store.port.js';

/**
 * Sessions that ended while access tokens of theirs may still be valid; asked on every request, so it answers from memory. An
 * entry stays for at least the life of an access token. The session's row is the truth: what a restart forgets is found there.
 */
export abstract class SessionRevocations {
  abstract revoke(sessionId: string, why: SessionEnd): Promise<void>;
  abstract find(sessionId: string): Promise<SessionEnd | null>;
}
