import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
/** As the theme names them. */
const PEOPLE = Array.from(new Set(Array.from(css.matchAll(/--person-(\w+)-soft/g), ([, colour = '']) => colour)));
const THEMES = [
  { theme: 'light', least: 4.5 },
  { theme: 'dark', least: 4.5 },
  { theme: 'contrast', least: 7 },
] as const;
const TEXTS = ['text', 'text-2', 'accent-text', 'danger-text', 'ok-text', 'warn-text'];
const GROUNDS = ['bg', 'surface', 'surface-2'];
const SOFT = PEOPLE.map((colour) => `person-${colour}-soft`);
/** Text, and what it stands on. */
const READ = [
  ...cross([...TEXTS, 'info-text'], GROUNDS),
  ...cross(TEXTS, SOFT),
  ...cross(['text', 'text-2'], ['danger-soft', 'ok-soft', 'warn-soft', 'info-soft']),
  ...['danger', 'ok', 'warn', 'info'].map((kind) => [`${kind}-text`, `${kind}-soft`] as const),
  ...PEOPLE.map((colour) => ['on-person', `person-${colour}`] as const),
  ['on-accent', 'accent'] as const,
  ['on-danger', 'danger'] as const,
];
/** Shapes that say something: 3:1 in every theme. */
const SEEN = [
  ...cross(['control', 'focus', 'accent', 'ok', 'warn'], GROUNDS),
  ...cross(
    PEOPLE.map((colour) => `person-${colour}`),
    ['bg', 'surface'],
  ),
];

it('there are ten colours for people', () => expect(PEOPLE).toHaveLength(10));

describe.each(THEMES)('the theme $theme', ({ theme, least }) => {
  const colours = coloursOf(theme);

  it.each(READ)(`%s can be read on %s (${least})`, (text, ground) => {
    expect(contrast(colours, text, ground)).toBeGreaterThanOrEqual(least);
  });

  it.each(SEEN)('%s can be seen on %s', (shape, ground) => {
    expect(contrast(colours, shape, ground)).toBeGreaterThanOrEqual(3);
  });

  it('has the same names as the others', () => {
    expect([...colours.keys()].sort()).toEqual([...coloursOf('light').keys()].sort());
  });
});

function cross(texts: readonly string[], grounds: readonly string[]): (readonly [string, string])[] {
  return texts.flatMap((text) => grounds.map((ground) => [text, ground] as const));
}

function coloursOf(theme: string): Map<string, string> {
  const [, block = ''] = new RegExp(`data-theme='${theme}'\\]\\s*\\{([^}]*)\\}`).exec(css) ?? [];
  return new Map(Array.from(block.matchAll(/--([\w-]+):\s*([^;]+);/g), ([, name = '', value = '']) => [name, value]));
}

/** As WCAG 2 defines it. */
function contrast(colours: Map<string, string>, one: string, other: string): number {
  const [left, right] = [one, other].map((name) => luminance(colours.get(name) ?? '')) as [number, number];
  return (Math.max(left, right) + 0.05) / (Math.min(left, right) + 0.05);
}

function luminance(colour: string): number {
  const [, red = '', green = '', blue = ''] = /^#(..)(..)(..)$/.exec(colour) ?? [];
  const [r, g, b] = [red, green, blue].map((part) => {
    const value = parseInt(part, 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
