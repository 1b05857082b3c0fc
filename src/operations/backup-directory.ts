import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { OperatorError } from './operator-error.js';

const MANIFEST = 'manifest.json';
const NAME = /^\d{8}T\d{9}Z-(?:full|incremental)$/;
const PARTIAL = 'partial-';

const manifestSchema = z.strictObject({
  format: z.literal(1),
  kind: z.enum(['full', 'incremental']),
  database: z.string(),
  /** GTIDs: it has what came after the first, up to the second. A full one has all up to the second. */
  after: z.string(),
  upTo: z.string(),
  /** When its data was true, by the clock of the server. */
  takenAt: z.iso.datetime(),
  files: z.array(z.strictObject({ name: z.string().regex(/^[\w.-]+$/), bytes: z.int(), sha256: z.string() })).min(1),
});
type Manifest = z.infer<typeof manifestSchema>;

export interface Backup extends Manifest {
  readonly name: string;
  readonly folder: string;
}

/** Backups lie beside one another, named by their time. One that is not complete has another name, and is none. */
export class BackupDirectory {
  constructor(readonly path: string) {}

  /** All, oldest first. */
  async list(): Promise<Backup[]> {
    const names = await readdir(this.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw new OperatorError(`The directory ${this.path} does not exist.`);
      throw error;
    });
    return Promise.all(
      names
        .filter((name) => NAME.test(name))
        .sort()
        .map((name) => this.read(name)),
    );
  }

  /** Has its files written into a folder by `fill`, which gives the rest of the manifest. It appears complete or not at all. */
  async add(
    kind: Backup['kind'],
    fill: (folder: string) => Promise<Omit<Manifest, 'format' | 'kind' | 'files'>>,
  ): Promise<string> {
    const name = `${new Date().toISOString().replace(/[-:.]/g, '')}-${kind}`;
    const draft = join(this.path, PARTIAL + name);
    await mkdir(draft, { recursive: true, mode: 0o700 });
    try {
      const about = await fill(draft);
      const files = await Promise.all((await readdir(draft)).sort().map((file) => sealed(draft, file)));
      const manifest: Manifest = manifestSchema.parse({ format: 1, kind, ...about, files });
      await writeFile(join(draft, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 });
      for (const path of [join(draft, MANIFEST), draft]) await synced(path);
      await rename(draft, join(this.path, name));
      await synced(this.path);
      return name;
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
  }

  /** @throws OperatorError naming the first file that is not what it was */
  async verify({ name, folder, files }: Backup): Promise<void> {
    for (const file of files) {
      const path = join(folder, file.name);
      const found = await stat(path).catch(() => undefined);
      if (!found) throw new OperatorError(`The backup ${name} is damaged: ${file.name} is missing.`);
      if (found.size !== file.bytes || (await digestOf(path)) !== file.sha256) {
        throw new OperatorError(`The backup ${name} is damaged: ${file.name} is not what was written.`);
      }
    }
  }

  private async read(name: string): Promise<Backup> {
    const folder = join(this.path, name);
    const content = await readFile(join(folder, MANIFEST), 'utf8').catch(() => '');
    const { data } = manifestSchema.safeParse(parsed(content));
    if (!data) throw new OperatorError(`The backup ${name} is damaged: its ${MANIFEST} cannot be read.`);
    return { ...data, name, folder };
  }
}

async function sealed(folder: string, name: string): Promise<Manifest['files'][number]> {
  const path = join(folder, name);
  await chmod(path, 0o600);
  await synced(path);
  return { name, bytes: (await stat(path)).size, sha256: await digestOf(path) };
}

async function synced(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync();
  await handle.close();
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
