import { describe, expect, it } from '@jest/globals';
import { initialsOf } from './initials.js';

describe('initialsOf', () => {
  it.each([
    ['alice', 'A'],
    ['Ada Lovelace', 'AL'],
    ['Ada King of Lovelace', 'AL'],
    ['night_owl', 'NO'],
    ['李小龍', '李'],
    ['王 小明', '王'],
    ['👩‍🚀 Ada', '👩‍🚀A'],
    ['Zoë', 'Z'],
    ['', ''],
    ['  ', ''],
    ['<script>', '<'],
  ])('of %s is %s', (name, initials) => expect(initialsOf(name)).toBe(initials));
});
