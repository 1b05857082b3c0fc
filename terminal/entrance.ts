import type { AshwireClient } from '../sdk/index.js';
import { Refusal } from './refusal.js';
import type { Screen } from './screen.port.js';

export interface Entrance {
  readonly name: string;
  readonly recover: boolean;
  readonly invitation?: string;
}

/** Uses the account that this device has stored; otherwise registers one, or takes one over with its recovery words. */
export async function enter(
  client: AshwireClient,
  screen: Screen,
  lines: AsyncIterator<string, undefined>,
  { name, recover, invitation }: Entrance,
): Promise<void> {
  if (await client.account()) return;
  if (recover) await recoverAccount(client, screen, lines, name);
  else await register(client, screen, name, invitation);
}

async function register(client: AshwireClient, screen: Screen, name: string, invitation?: string): Promise<void> {
  screen.notice(`registering ${name}: proof of work …`);
  const { recoveryWords } = await client.register({ username: name, ...(invitation !== undefined && { invitation }) });
  screen.notice(
    'Recovery words, shown this once. Write them down; without them a lost device is a lost account:',
    ...inRows(recoveryWords),
  );
}

async function recoverAccount(
  client: AshwireClient,
  screen: Screen,
  lines: AsyncIterator<string, undefined>,
  name: string,
): Promise<void> {
  screen.notice('Type the 24 recovery words. The device that had this account is replaced.');
  const words: IteratorResult<string, undefined> = await lines.next();
  if (words.done) throw new Refusal('There were no recovery words.');
  await client.recover({ username: name, recoveryWords: words.value });
}

function inRows(words: readonly string[]): string[] {
  const rows = [0, 6, 12, 18].map((start) => words.slice(start, start + 6).join(' '));
  return rows.map((row) => `  ${row}`);
}
