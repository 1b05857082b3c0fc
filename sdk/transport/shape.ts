/** Tells whether a value that crossed the wire has the shape it should have. Unknown fields are allowed: a newer server adds some. */
export type Shape = (value: unknown) => boolean;

const MAX_LIST = 2_000;

export const anId: Shape = (value) => typeof value === 'string' && /^[A-Za-z0-9_-]{22}$/.test(value);
export const aText: Shape = (value) => typeof value === 'string' && value.length <= 65_536;
export const aFlag: Shape = (value) => typeof value === 'boolean';
export const aCount: Shape = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
/** base64url of exactly so many characters. */
export const aKey: Shape = (value) => typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value);
export const aSignature: Shape = (value) => typeof value === 'string' && /^[A-Za-z0-9_-]{86}$/.test(value);

export const oneOf =
  (...values: readonly string[]): Shape =>
  (value) =>
    typeof value === 'string' && values.includes(value);

export const optional =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined || shape(value);

export const listOf =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.length <= MAX_LIST && value.every(shape);

export const fields =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(shapes).every(([name, shape]) =>
      shape(Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined),
    );
