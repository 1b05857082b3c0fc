import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AshwireClient } from '../sdk/index.js';
import { openSqliteStorage } from '../sdk/node.js';
import { runLine } from './commands.js';
import { enter } from './entrance.js';
import { FullScreen } from './full-screen.js';
import { printable } from './message-line.js';
import { People } from './people.js';
import { PlainScreen } from './plain-screen.js';
import { Refusal } from './refusal.js';
import type { Screen } from './screen.port.js';
import { Session } from './session.js';

const USAGE = `npm run chat -- --name NAME [--server URL] [--data FOLDER] [--invitation CODE] [--recover]

  --name        your username: 3 to 32 of a-z, 0-9 and _, not starting with a digit
  --server      where the server is (http://localhost:3000)
  --data        where this device keeps its keys and live messages, encrypted (data/clients)
  --invitation  registers with an invitation, where the server asks for one
  --recover     makes this the device of an account that exists, by its 24 recovery words`;

const sentenceOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  if (code === 'OFFLINE') return 'No server answers. If there is none yet: npm run quickstart';
  return typeof code === 'string' && !(error instanceof Refusal)
    ? printable(`${code}: ${error.message}`)
    : error.message;
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      name: { type: 'string' },
      server: { type: 'string', default: 'http://localhost:3000' },
      data: { type: 'string', default: join('data', 'clients') },
      invitation: { type: 'string' },
      recover: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { name, server, data, invitation, recover, help } = values;
  if (help || name === undefined) throw new Refusal(USAGE);
  if (!URL.canParse(server)) throw new Refusal(`${server} is not an address. Try --server http://localhost:3000`);
  const folder = join(data, new URL(server).host.replace(':', '_'), name);
  const storage = await openSqliteStorage(folder);
  const client = await AshwireClient.open({ server, storage });
  const screen: Screen =
    process.stdin.isTTY && process.stdout.isTTY
      ? new FullScreen(process.stdin, process.stdout)
      : new PlainScreen(process.stdin, process.stdout);
  try {
    const lines = screen.lines()[Symbol.asyncIterator]();
    await enter(client, screen, lines, { name, recover, ...(invitation !== undefined && { invitation }) });
    await converse(client, screen, lines, name);
  } finally {
    screen.close();
    await client.close();
  }
}

async function converse(
  client: AshwireClient,
  screen: Screen,
  lines: AsyncIterator<string, undefined>,
  name: string,
): Promise<void> {
  const account = await client.account();
  const session = new Session({ client, screen, people: new People(account?.userId ?? '', name) });
  await session.start();
  while (!session.hasEnded) {
    const line = await lines.next();
    if (line.done) return session.quit();
    await runLine(session, line.value).catch((error: unknown) => screen.notice(sentenceOf(error)));
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exit(1);
  },
);
