/** Any part of a value; arrays are taken whole. */
export type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> | undefined }
    : T;

type Tree = Readonly<Record<string, unknown>>;

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `overrides` over `base`; an object of another `kind` replaces instead of mixing the settings of two kinds. */
export function merge(base: unknown, overrides: unknown): unknown {
  if (overrides === undefined) return base;
  if (!isTree(base) || !isTree(overrides)) return overrides;
  if ('kind' in overrides && overrides['kind'] !== base['kind']) return overrides;
  const merged = Object.entries(overrides).map(([key, value]) => [key, merge(base[key], value)] as const);
  return { ...base, ...Object.fromEntries(merged) };
}
