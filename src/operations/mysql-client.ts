import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { DatabaseAccess } from '../config/database-access.js';
import { OperatorError } from './operator-error.js';

const PACKAGES: Readonly<Record<Program, string>> = {
  mariadb: 'mariadb-client',
  'mariadb-dump': 'mariadb-client',
  'mariadb-binlog': 'mariadb-server',
};
type Program = 'mariadb' | 'mariadb-dump' | 'mariadb-binlog';

export interface RunningProgram {
  readonly input: Writable;
  readonly output: Readable;
  /** Resolves with its warnings when it has ended well; its output must be read for that. */
  readonly done: Promise<string>;
}

/** MariaDB's own programs, on the primary of a pair. The password is in their environment, not among their arguments. */
export class MysqlClient {
  private constructor(
    private readonly access: DatabaseAccess,
    private readonly account: string,
    private readonly host: string,
  ) {}

  /** @throws OperatorError when none of the hosts is a primary that answers */
  static async toPrimary(access: DatabaseAccess, account: string): Promise<MysqlClient> {
    const problems: string[] = [];
    for (const host of access.place.hosts) {
      const client = new MysqlClient(access, account, host);
      try {
        if ((await client.value('@@read_only')) === '0') return client;
        problems.push(`${host} is not the primary`);
      } catch (error) {
        problems.push(`${host}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    throw new OperatorError(`No primary answers. ${problems.join('; ')}`);
  }

  get database(): string {
    return this.access.place.database;
  }

  async value(expression: string): Promise<string> {
    const asked = this.run('mariadb', ['--batch', '--skip-column-names', '--connect-timeout=5'], true);
    asked.input.end(`SELECT ${expression};\n`);
    const [answer] = await Promise.all([text(asked.output), asked.done]);
    return answer.trimEnd();
  }

  async execute(sql: string): Promise<void> {
    const asked = this.run('mariadb', ['--batch'], true);
    asked.input.end(sql);
    await Promise.all([text(asked.output), asked.done]);
  }

  /** `remote`: it connects to the primary; otherwise it works on files. */
  run(program: Program, args: readonly string[], remote: boolean): RunningProgram {
    const child = spawn(program, ['--no-defaults', ...(remote ? this.connection() : []), ...args], {
      // Points in time are in UTC.
      env: { ...this.access.environment, MYSQL_PWD: this.access.password, TZ: 'UTC' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    // Its exit code says it better.
    child.stdin.on('error', () => undefined);
    const done = ended(child, program);
    // Whoever reads the output first may fail first.
    done.catch(() => undefined);
    return { input: child.stdin, output: child.stdout, done };
  }

  private connection(): string[] {
    const [, name = this.host, port = '3306'] = /^\[?(.+?)\]?:(\d+)$/.exec(this.host) ?? [];
    const { authoritiesFile } = this.access;
    const verified = ['--ssl', '--ssl-verify-server-cert', ...(authoritiesFile ? [`--ssl-ca=${authoritiesFile}`] : [])];
    const tls = this.access.place.tls ? verified : [];
    return ['--protocol=tcp', `--host=${name}`, `--port=${port}`, `--user=${this.account}`, ...tls];
  }
}

async function ended(child: ChildProcessByStdio<Writable, Readable, Readable>, program: Program): Promise<string> {
  const complaints = text(child.stderr);
  const [code] = (await once(child, 'close').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new OperatorError(`${program} is missing: apt-get install ${PACKAGES[program]}`);
  })) as [number | null];
  const said = (await complaints).trim();
  if (code !== 0) throw new OperatorError(`${program} failed: ${said || `exit code ${code}`}`);
  return said;
}
