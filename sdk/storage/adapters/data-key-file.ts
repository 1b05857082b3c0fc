import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

const KEY_BYTES = 32;

/** 32 random bytes in a file that only its owner can read. There is no key store that every Node platform has. */
export class DataKeyFile {
  constructor(private readonly path: string) {}

  /** Undefined when there is none, or when what is there is no key (it was cut off while it was destroyed). */
  read(): Uint8Array<ArrayBuffer> | undefined {
    if (!existsSync(this.path) || statSync(this.path).size !== KEY_BYTES) return undefined;
    const key = new Uint8Array(readFileSync(this.path));
    return key.every((byte) => byte === 0) ? undefined : key;
  }

  /** Whole or not at all, and on the disk when it returns: values written under a lost key would be lost too. */
  create(): Uint8Array<ArrayBuffer> {
    const key = new Uint8Array(randomBytes(KEY_BYTES));
    const draft = `${this.path}.new`;
    rmSync(draft, { force: true });
    writeDurably(draft, 'wx', key);
    renameSync(draft, this.path);
    syncDirectory(dirname(this.path));
    return key;
  }

  /** Zeros first: a deleted file's blocks stay readable for a while (on a disk that writes in place, this overwrites them). */
  destroy(): void {
    if (!existsSync(this.path)) return;
    writeDurably(this.path, 'r+', new Uint8Array(KEY_BYTES));
    rmSync(this.path);
    syncDirectory(dirname(this.path));
  }
}

function writeDurably(path: string, flags: 'wx' | 'r+', bytes: Uint8Array): void {
  const file = openSync(path, flags, 0o600);
  try {
    writeSync(file, bytes, 0, bytes.length, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Windows cannot open a directory; its rename is durable without. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
