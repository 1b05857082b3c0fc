import { ConfigError } from './config-error.js';
import type { Profile } from './config.schema.js';

type Adapters = Profile['adapters'];
type Kinds = { readonly [P in keyof Adapters]: readonly KindOf<Adapters[P]>[] };
type KindOf<A> = A extends { kind: infer K } ? K : A;

/** What this build can put behind each port. Who builds an adapter adds its kind here and its case in the port's module. */
export const BUILT_ADAPTERS: Kinds = {
  database: ['sqlite', 'mysql'],
  messageStore: ['memory', 'redis'],
  ephemeral: ['memory', 'redis'],
  eventBus: ['in-process'],
  delivery: ['in-process', 'redis'],
  blobStore: ['none'],
  analytics: ['none'],
  paymentProvider: ['sandbox', 'webhook'],
};

/** One sentence for each adapter that the profile asks for and this build does not have. */
export function missingAdapters(profile: Pick<Profile, 'tier' | 'adapters'>): string[] {
  const { database, paymentProvider } = profile.adapters;
  const asked = { ...profile.adapters, database: database.kind, paymentProvider: paymentProvider.kind };
  return (Object.keys(BUILT_ADAPTERS) as (keyof Adapters)[])
    .filter((port) => !BUILT_ADAPTERS[port].some((kind) => kind === asked[port]))
    .map(
      (port) =>
        `The profile ${profile.tier} asks for ${port} ${asked[port]}; this build has: ${BUILT_ADAPTERS[port].join(', ')}.`,
    );
}

/** For the exhaustive switch where an adapter is chosen: a kind without a case that {@link missingAdapters} has let through. */
export const adapterMissing = (port: keyof Adapters, kind: string): ConfigError =>
  new ConfigError(
    [`${port} ${kind} is not built; this build has: ${BUILT_ADAPTERS[port].join(', ')}.`],
    'Missing adapter:',
  );
