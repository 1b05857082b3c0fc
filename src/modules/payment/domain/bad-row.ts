/** What an audit has found: the row and what is wrong with it. */
export class BadRow extends Error {
  constructor(
    readonly table: string,
    readonly key: string | number,
    readonly problem: string,
  ) {
    super(`${table} ${key} ${problem}`);
    this.name = 'BadRow';
  }
}
