import { describe, expect, it } from '@jest/globals';
import { readArguments } from './arguments.js';

describe('readArguments', () => {
  it('takes what an operator types, with or without the name of the tier', () => {
    expect(readArguments(['up', '100k'])).toMatchObject({
      ...{ command: 'up', names: [], directory: 'data/tier/100k', nodes: 2, restartAfterMs: 5_000, suffix: '' },
    });
    expect(readArguments(['kill', 'redis-1', '--signal', 'TERM', '--hold'])).toMatchObject({
      ...{ command: 'kill', names: ['redis-1'], signal: 'SIGTERM', hold: true },
    });
    expect(readArguments(['logs', '100k', 'mysql-2', '-f'])).toMatchObject({ names: ['mysql-2'], follow: true });
    expect(readArguments(['cut', '1', '3'])).toMatchObject({ names: ['1', '3'] });
    expect(readArguments(['up', '--suffix', 'b', '--restart-after', 'never'])).toMatchObject({
      ...{ directory: 'data/tier/100k-b', restartAfterMs: undefined },
    });
  });

  it.each([
    [[], /^Say what to do\.\n/],
    [['restart'], /^There is no command "restart"\.\n/],
    [['toString'], /^There is no command "toString"\.\n/],
    [['up', 'embedded'], /^The tier embedded is one process: npm run quickstart\.$/],
    [['up', '1m'], /^The tier 1m cannot be started here yet; 100k can\.$/],
    [['up', 'now'], /^"up" takes no names\.$/],
    [['kill'], /^"kill" takes a process\.$/],
    [['cut', '1'], /^"cut" takes a machine and a machine\.$/],
    [['cut', '1', '9'], /^A machine is a whole number from 0 to 3, not "9"\.$/],
    [['up', '--nodes', '0'], /^--nodes is a whole number from 1 to 16, not "0"\.$/],
    [['up', '--nodes', '1e1'], /^--nodes is a whole number/],
    [['up', '--restart-after', '-1'], /^Option '--restart-after' argument is ambiguous\.$/],
    [['up', '--suffix', '../x'], /^--suffix takes up to five small letters and digits\.$/],
    [['kill', 'redis-1', '--signal', 'HARD'], /^--signal is one of SIGKILL,/],
    [['down', '--dta'], /^Unknown option '--dta'\.$/],
  ])('says in a sentence what is wrong with %j', (args, sentence) => {
    expect(() => readArguments(args)).toThrow(sentence);
  });
});
