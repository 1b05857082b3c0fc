/** Everything that is wrong with the configuration, at once and in sentences. Thrown before anything starts. */
export class ConfigError extends Error {
  constructor(
    readonly problems: readonly string[],
    heading = 'The configuration cannot be used:',
  ) {
    super(
      problems.length === 1 ? problems[0] : `${heading}\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}
