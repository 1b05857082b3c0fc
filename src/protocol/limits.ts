/** Numbers that both sides of the wire must agree on. Rates are not here: they belong to the profile. */
export const LIMITS = {
  friends: 20,
  groupMembers: 5,
  /** Groups that one user may be in. */
  groups: 20,
  groupNameCodePoints: 64,
  /** A sealed group name: nonce, name in UTF-8 and tag, in base64url characters. */
  sealedNameCharacters: 400,
  devices: 3,
  socketsPerUser: 3,
  usernamePattern: '^[a-z_][a-z0-9_]{2,31}$',
  displayNameCodePoints: 32,
  /** Absolute life of a message. No profile, tier, role or API lengthens it. */
  messageLifeMs: 60 * 60_000,
  burnAfterReadSeconds: { default: 30, min: 0, max: 3600 },
  /** Ciphertext of one message or handshake part, in base64url characters; the whole frame is capped at 64 kB. */
  ciphertextCharacters: 48_000,
  frameBytes: 64 * 1024,
  bodyBytes: 128 * 1024,
  unreadPerConversation: 500,
  unreadBytesPerUser: 5 * 1024 * 1024,
  syncPage: 100,
  /** Ciphertext in one page, beyond which it ends early; a page has one message at least. */
  syncPageCharacters: 256 * 1024,
  keyPackagesStored: 100,
  keyPackagesPerUpload: 20,
  keyPackageBytes: 8 * 1024,
  /** Below this many unclaimed key packages the server asks for more. */
  keyPackagesLow: 10,
  pendingRequestsOut: 5,
  pendingRequestsIn: 20,
  openInvitations: 20,
  /** Of one conversation. Who is further behind starts a new session. */
  handshakesKept: 32,
  handshakeLifeMs: 30 * 24 * 60 * 60_000,
  /** How long a hole left by a burned message keeps its reason; after that the sequence is only known to be burned. */
  holeLifeMs: 24 * 60 * 60_000,
  /** Most that one order may name, in the smallest unit; sums stay exact in JavaScript. Caps are the profile's. */
  paymentAmount: 1_000_000_000_000,
  /** No profile may lengthen it. */
  redPacketLifeMs: 24 * 60 * 60_000,
  /** How far the time in a signed order, or of a new identity key, may be from the server's. */
  orderClockSkewMs: 5 * 60_000,
  statementPage: 100,
  pendingOrdersPage: 100,
  withdrawalDestinationCharacters: 200,
} as const;
