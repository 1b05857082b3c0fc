import { describe, expect, it } from '@jest/globals';
import { leadership } from './health.js';

describe('leadership', () => {
  const pair = (first: string, second: string) => [
    { name: 'mysql-1', role: first },
    { name: 'mysql-2', role: second },
    { name: 'app-1', role: '' },
  ];

  it.each([
    ['primary', 'standby', []],
    ['standby', 'standby', ['mysql: nobody is primary']],
    ['', 'standby', ['mysql: nobody is primary']],
    ['primary', 'primary', [expect.stringMatching(/^mysql: mysql-1 and mysql-2 both say primary/)]],
  ])('of %j and %j', (first, second, problems) => {
    expect(leadership(pair(first, second))).toEqual(problems);
  });
});
