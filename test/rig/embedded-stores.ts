import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesWith } from './files-with.js';
import type { Stores } from './stores.js';

/** A data directory; everything else is in the one process of the server. */
export class EmbeddedStores implements Stores {
  readonly tier = 'embedded';
  readonly nodes = 1;
  readonly profile = {};
  readonly redisProcesses = 0;
  readonly pids = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'ashwire-'));

  readonly environment = { ASHWIRE_DATA_DIR: this.folder };

  sql(statement: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    const database = new Database(join(this.folder, 'ashwire.db'));
    try {
      const prepared = database.prepare(statement);
      if (prepared.reader) return Promise.resolve(prepared.all(...values) as Record<string, unknown>[]);
      prepared.run(...values);
      return Promise.resolve([]);
    } finally {
      database.close();
    }
  }

  findInFiles(text: string): Promise<string[]> {
    return filesWith([this.folder], [Buffer.from(text)]);
  }

  findInRedis(): Promise<number> {
    return Promise.resolve(0);
  }

  remove(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    return Promise.resolve();
  }
}
