import { equalBytes } from './bytes.js';

/**
 * Fields as bytes, each behind its length (uint32, big endian), as `signedBytes` of the protocol does it: no two field lists
 * share an encoding. Strings are UTF-8; numbers are decimal strings.
 */
export function encodeFields(...fields: readonly (string | number | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts = fields.map((field) => (field instanceof Uint8Array ? field : encoder.encode(String(field))));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const part of parts) {
    view.setUint32(offset, part.length);
    bytes.set(part, offset + 4);
    offset += 4 + part.length;
  }
  return bytes;
}

/**
 * The inverse, for exactly `count` fields.
 * @throws RangeError when a field is cut off, missing or too many.
 */
export function decodeFields(bytes: Uint8Array, count: number): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Uint8Array[] = [];
  let offset = 0;
  while (fields.length < count) {
    if (offset + 4 > bytes.length) throw new RangeError('a field is missing');
    const end = offset + 4 + view.getUint32(offset);
    if (end > bytes.length) throw new RangeError('a field is cut off');
    fields.push(bytes.slice(offset + 4, end));
    offset = end;
  }
  if (offset !== bytes.length) throw new RangeError('bytes follow the last field');
  return fields;
}

/** @throws RangeError when the bytes are not UTF-8 in its one canonical form. */
export function textOfField(field: Uint8Array | undefined): string {
  if (field === undefined) throw new RangeError('a field is missing');
  const text = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(field);
  if (!equalBytes(new TextEncoder().encode(text), field)) throw new RangeError('a field is not UTF-8');
  return text;
}

/** @throws RangeError for anything but a non-negative safe integer in its one decimal form. */
export function integerOfField(field: Uint8Array | undefined): number {
  const text = textOfField(field);
  const value = Number(text);
  if (!/^(0|[1-9][0-9]*)$/.test(text) || !Number.isSafeInteger(value)) throw new RangeError('a field is not a number');
  return value;
}
