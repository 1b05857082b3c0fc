import type { Role } from '../../protocol/payloads/user.payloads.js';

/** Who makes a request: proven by an access token, valid for the session named. */
export interface Principal {
  readonly userId: string;
  readonly deviceId: string;
  readonly sessionId: string;
  readonly role: Role;
}

/** The gate of HTTP and sockets alike; the user module is behind it. */
export abstract class Authenticator {
  /** Throws UNAUTHENTICATED for anything that is not a valid token of this server, SESSION_REVOKED or DEVICE_REPLACED for an ended session. */
  abstract authenticate(accessToken: string): Promise<Principal>;
}
