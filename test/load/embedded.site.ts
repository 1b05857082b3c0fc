import { freePort } from '../rig/free-port.js';
import type { Program } from './measured-process.js';
import { type Site, SiteDirectory } from './site.js';

/** One node, SQLite, messages in memory. */
export class EmbeddedSite implements Site {
  readonly name = 'embedded';
  private readonly directory = new SiteDirectory('embedded');
  private port = 0;

  constructor(private readonly pinned = false) {}

  async start(): Promise<void> {
    this.port = await freePort();
    this.directory.writeProfile();
  }

  program(): Program {
    return this.directory.program({ PORT: String(this.port) }, this.pinned);
  }

  stop(): Promise<void> {
    this.directory.remove();
    return Promise.resolve();
  }
}
