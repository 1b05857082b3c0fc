import { describe, expect, it } from '@jest/globals';
import { asUsername, usernameProblem } from './username.js';

describe('usernameProblem', () => {
  it.each(['ada', '_ada', 'ada_lovelace', 'a23', 'a'.repeat(32)])('takes %s', (name) => {
    expect(usernameProblem(name)).toBeUndefined();
  });

  it.each([
    ['', 'short'],
    ['ab', 'short'],
    ['a'.repeat(33), 'long'],
    ['1ada', 'start'],
    ['ada l', 'characters'],
    ['Ada', 'characters'],
    ['李小龍', 'characters'],
    ['<script>', 'characters'],
  ])('says of %s: %s', (name, problem) => {
    expect(usernameProblem(name)).toBe(problem);
  });
});

describe('asUsername', () => {
  it.each([
    ['Ada', 'ada'],
    [' @ada ', 'ada'],
    ['a da', 'a da'],
  ])('makes %j %j', (typed, name) => expect(asUsername(typed)).toBe(name));
});
