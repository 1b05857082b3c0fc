import { createHash } from 'node:crypto';

/** A Lua script as Redis knows it. What it works on comes in as keys and arguments; time too, never from Redis's own clock. */
export class RedisScript {
  readonly sha: string;

  constructor(readonly lua: string) {
    this.sha = createHash('sha1').update(lua).digest('hex');
  }
}
