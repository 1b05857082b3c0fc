/** The Nest token of {@link AshwireConfig}, which is data and so has no class to be its own token. */
export const CONFIG = Symbol('AshwireConfig');
