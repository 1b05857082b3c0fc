import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'web/src/locales/en';

const areas = Object.fromEntries(
  readdirSync(FOLDER).map((file) => [
    file.replace('.json', ''),
    JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as unknown,
  ]),
);

/**
 * The English text under a key of web/src/locales, as it is on the screen: tests name what is meant, not how it is put. With
 * `count` one of the forms for one and for many.
 */
export function said(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  let found: unknown = areas;
  for (const part of key.split('.')) found = (found as Record<string, unknown> | undefined)?.[part];
  if (typeof found !== 'string') throw new Error(`there is no text ${key}`);
  const forms = found.split(' | ');
  const form = forms.length > 1 && values['count'] !== 1 ? forms.at(-1) : forms[0];
  return (form ?? '').replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
