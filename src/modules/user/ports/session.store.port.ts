/** Why a session ended before its time. */
export type SessionEnd = 'SESSION_REVOKED' | 'DEVICE_REPLACED';

/** A login of one device: the family of refresh tokens that followed from it, of which only the newest is valid. */
export interface Session {
  readonly sessionId: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
  readonly ended: SessionEnd | null;
}

export type NewSession = Pick<Session, 'sessionId' | 'userId' | 'deviceId' | 'createdAt' | 'expiresAt'> & {
  /** SHA-256 of the refresh token's secret; the secret itself is never stored. */
  readonly refreshHash: string;
};

export interface Rotation {
  readonly sessionId: string;
  readonly presentedHash: string;
  readonly nextHash: string;
  readonly now: number;
  readonly expiresAt: number;
}

/** Every verb is atomic. A session that ended or expired stays findable for a while and is then forgotten. */
export abstract class SessionStore {
  /**
   * Adds a session of the user's active device. Null when the device is not the active one (it may just have been replaced).
   * Otherwise the ids of the sessions that ended for it: a user has at most {@link SessionStore.MAX_PER_USER} live ones, and
   * the one used longest ago makes room.
   */
  abstract open(session: NewSession): Promise<string[] | null>;
  /** Exchanges the refresh hash of a live session; false when another one is current. Of several at once at most one wins. */
  abstract rotate(rotation: Rotation): Promise<boolean>;
  abstract find(sessionId: string): Promise<Session | null>;
  /** The live sessions of a user, newest first. */
  abstract list(userId: string, now: number): Promise<Session[]>;
  /** Ends a live session of this user; false when there is none. */
  abstract end(userId: string, sessionId: string, why: SessionEnd, now: number): Promise<boolean>;

  static readonly MAX_PER_USER = 10;
}
