import {
  type AuthenticationService,
  type Capabilities,
  type CiphersuiteImpl,
  type CiphersuiteName,
  type ClientConfig,
  defaultKeyPackageEqualityConfig,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  type KeyRetentionConfig,
} from 'ts-mls';

/** X-Wing (ML-KEM-768 with X25519), AES-256-GCM, SHA-512, Ed25519. The only suite that Ashwire speaks. */
export const MLS_SUITE = 'MLS_256_XWING_AES256GCM_SHA512_Ed25519' satisfies CiphersuiteName;

let loadedSuite: Promise<CiphersuiteImpl> | undefined;

/** Loaded once a process: its parts are imported when first asked for. */
export function mlsSuite(): Promise<CiphersuiteImpl> {
  loadedSuite ??= getCiphersuiteImpl(getCiphersuiteFromName(MLS_SUITE));
  return loadedSuite;
}

/** No extensions, no proposals of one's own, basic credentials: what is not listed is refused. No random grease values. */
export const MLS_CAPABILITIES: Capabilities = {
  versions: ['mls10'],
  ciphersuites: [MLS_SUITE],
  extensions: [],
  proposals: [],
  credentials: ['basic'],
};

/**
 * - Epochs: 1, the previous one, for messages in flight. 0 would keep all of them for ever (ts-mls slices by -0).
 * - Forward steps: a device that was away catches up with what was sent meanwhile (500 unread, and more that burned).
 * - Skipped generations: few. ts-mls keeps the ratchet secret of a skipped generation, not its key, and from it all later
 *   keys of that sender in the epoch follow. The log is ordered, so only a message that the sender lost is ever skipped.
 */
export const MLS_KEY_RETENTION: KeyRetentionConfig = {
  retainKeysForEpochs: 1,
  maximumForwardRatchetSteps: 5000,
  retainKeysForGenerations: 8,
};

export function mlsClientConfig(authService: AuthenticationService): ClientConfig {
  return {
    keyRetentionConfig: MLS_KEY_RETENTION,
    // A leaf in the tree may be older than its key package lived; packages are checked where they are used.
    lifetimeConfig: { maximumTotalLifetime: 0n, validateLifetimeOnReceive: false },
    keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
    paddingConfig: { kind: 'padUntilLength', padUntilLength: 256 },
    authService,
  };
}
