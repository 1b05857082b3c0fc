import { parseArgs } from 'node:util';
import { TierError } from './tier-error.js';

export const USAGE = `npm run tier -- COMMAND [100k] [options]

  up                          start the whole tier, or say that it runs
      --nodes N               application nodes (2)
      --restart-after SECONDS start a process again so long after it has ended (5), or never
      --suffix NAME           a second tier beside the first: up to five letters and digits
  status                      what runs where, in which role, and how it is
  logs [PROCESS] [-f]         the ends of the logs, or one log; -f goes on
  kill PROCESS                end it at once, as a crash would
      --signal SIGNAL         SIGKILL; SIGTERM for an orderly end
      --hold                  it stays down until "start"
  start PROCESS               start it again
  cut MACHINE MACHINE         nothing passes between the two any more; 0 is where clients are
  heal                        end all cuts
  down [--data]               end everything; --data removes its data, secrets and certificate too

  --directory DIRECTORY       where state, data and logs are (data/tier/100k; with a suffix data/tier/100k-NAME)
`;

const COMMANDS = {
  up: [],
  status: [],
  logs: ['a process'],
  kill: ['a process'],
  start: ['a process'],
  cut: ['a machine', 'a machine'],
  heal: [],
  down: [],
  supervise: [],
} as const;
type Command = keyof typeof COMMANDS;

export interface Arguments {
  readonly command: Command;
  /** Processes or machines. */
  readonly names: readonly string[];
  readonly directory: string;
  readonly suffix: string;
  readonly nodes: number;
  /** Undefined: never. */
  readonly restartAfterMs: number | undefined;
  readonly signal: NodeJS.Signals;
  readonly hold: boolean;
  readonly follow: boolean;
  readonly data: boolean;
}

const TIERS = ['embedded', '100k', '1m', '10m'];
const SIGNALS: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGTERM', 'SIGSTOP', 'SIGCONT', 'SIGHUP', 'SIGINT', 'SIGQUIT'];

const OPTIONS = {
  nodes: { type: 'string', default: '2' },
  'restart-after': { type: 'string', default: '5' },
  suffix: { type: 'string', default: '' },
  directory: { type: 'string' },
  signal: { type: 'string', default: 'SIGKILL' },
  hold: { type: 'boolean', default: false },
  follow: { type: 'boolean', short: 'f', default: false },
  data: { type: 'boolean', default: false },
} as const;

/** @throws TierError with one sentence for what is wrong. */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parsed(args);
  const [command, ...rest] = positionals;
  if (command === undefined || !isCommand(command)) {
    throw new TierError(
      `${command === undefined ? 'Say what to do' : `There is no command "${command}"`}.\n\n${USAGE}`,
    );
  }
  const { suffix } = values;
  if (!/^[a-z0-9]{0,5}$/.test(suffix)) throw new TierError('--suffix takes up to five small letters and digits.');
  return {
    command,
    names: namesOf(command, rest),
    suffix,
    directory: values.directory ?? `data/tier/100k${suffix && `-${suffix}`}`,
    nodes: wholeNumber('--nodes', values.nodes, 1, 16),
    restartAfterMs: restartAfter(values['restart-after']),
    signal: signalOf(values.signal),
    hold: values.hold,
    follow: values.follow,
    data: values.data,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\.\s/);
    throw new TierError(`${sentence}.`);
  }
}

function isCommand(word: string): word is Command {
  return Object.hasOwn(COMMANDS, word);
}

/** Without the name of the tier, which may be left out: there is one so far. */
function namesOf(command: Command, words: readonly string[]): string[] {
  const other = words.find((word) => TIERS.includes(word) && word !== '100k');
  if (other === 'embedded') throw new TierError('The tier embedded is one process: npm run quickstart.');
  if (other !== undefined) throw new TierError(`The tier ${other} cannot be started here yet; 100k can.`);
  const names = words.filter((word) => word !== '100k');
  const wanted = COMMANDS[command];
  const isOptional = command === 'logs';
  if (names.length > wanted.length || (names.length < wanted.length && !isOptional)) {
    const takes = wanted.length === 0 ? 'no names' : wanted.join(' and ');
    throw new TierError(`"${command}" takes ${takes}${isOptional ? ' or none' : ''}.`);
  }
  if (command === 'cut') for (const name of names) wholeNumber('A machine', name, 0, 3);
  return names;
}

function restartAfter(text: string): number | undefined {
  return text === 'never' ? undefined : wholeNumber('--restart-after', text, 0, 3_600) * 1_000;
}

function signalOf(text: string): NodeJS.Signals {
  const signal = SIGNALS.find((each) => each === text || each === `SIG${text}`);
  if (!signal) throw new TierError(`--signal is one of ${SIGNALS.join(', ')}, not "${text}".`);
  return signal;
}

function wholeNumber(what: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (!/^\d{1,6}$/.test(text) || number < least || number > most) {
    throw new TierError(`${what} is a whole number from ${least} to ${most}, not "${text}".`);
  }
  return number;
}
