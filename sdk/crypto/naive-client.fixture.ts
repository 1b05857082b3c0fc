import {
  type ClientConfig,
  type ClientState,
  createCommit,
  createGroup,
  defaultAuthenticationService,
  defaultCapabilities,
  defaultKeyPackageEqualityConfig,
  defaultKeyRetentionConfig,
  defaultLifetime,
  defaultLifetimeConfig,
  defaultPaddingConfig,
  emptyPskIndex,
  generateKeyPackage,
  joinGroup,
} from 'ts-mls';
import { mlsSuite } from './mls-suite.js';
import { utf8 } from './people.fixture.js';

/** A client that uses ts-mls as its examples do. */
export const NAIVE: ClientConfig = {
  keyRetentionConfig: defaultKeyRetentionConfig,
  lifetimeConfig: defaultLifetimeConfig,
  keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
  paddingConfig: defaultPaddingConfig,
  authService: defaultAuthenticationService,
};

export async function naivePackage(name: string) {
  const credential = { credentialType: 'basic', identity: utf8(name) } as const;
  return generateKeyPackage(credential, defaultCapabilities(), defaultLifetime, [], await mlsSuite());
}

/** A naive group; the states in the order of the names, the first made it. */
async function naiveGroup(names: readonly string[], config = NAIVE): Promise<ClientState[]> {
  const suite = await mlsSuite();
  const [own, ...invited] = await Promise.all(names.map(naivePackage));
  if (own === undefined) return [];
  const empty = await createGroup(utf8('naive'), own.publicPackage, own.privatePackage, [], suite, config);
  const extraProposals = invited.map(({ publicPackage }) => {
    return { proposalType: 'add', add: { keyPackage: publicPackage } } as const;
  });
  const made = await createCommit({ state: empty, cipherSuite: suite }, { extraProposals, ratchetTreeExtension: true });
  const { welcome } = made;
  if (welcome === undefined) throw new Error('no welcome');
  const joined = invited.map(({ publicPackage, privatePackage }) =>
    joinGroup(welcome, publicPackage, privatePackage, emptyPskIndex, suite, undefined, undefined, config),
  );
  return [made.newState, ...(await Promise.all(joined))];
}

export async function naivePair(config = NAIVE): Promise<[ClientState, ClientState]> {
  const [alice, bob] = await naiveGroup(['alice', 'bob'], config);
  if (alice === undefined || bob === undefined) throw new Error('no group');
  return [alice, bob];
}
