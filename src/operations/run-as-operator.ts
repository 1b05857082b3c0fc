import { ConfigError } from '../config/config-error.js';
import { OperatorError } from './operator-error.js';

/** Runs a command of this process and prints what it returns; or what is wrong, with exit code 1. */
export function runAsOperator(usage: string, command: () => Promise<string>): void {
  // Nobody else needs to read what is written.
  process.umask(0o077);
  command().then(
    (said) => process.stdout.write(`${said}\n`),
    (error: unknown) => {
      process.stderr.write(`${sentenceOf(error, usage)}\n`);
      process.exitCode = 1;
    },
  );
}

function sentenceOf(error: unknown, usage: string): string {
  if (error instanceof OperatorError || error instanceof ConfigError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  return code?.startsWith('ERR_PARSE_ARGS') ? `${message}\n${usage}` : String(error);
}
