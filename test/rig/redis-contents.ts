import { Redis } from 'ioredis';

/** Names in Redis's own spelling of types. */
const READ: Readonly<Record<string, (key: Buffer) => [string, ...(Buffer | string)[]]>> = {
  string: (key) => ['GET', key],
  hash: (key) => ['HGETALL', key],
  list: (key) => ['LRANGE', key, '0', '-1'],
  set: (key) => ['SMEMBERS', key],
  zset: (key) => ['ZRANGE', key, '0', '-1'],
  stream: (key) => ['XRANGE', key, '-', '+'],
};

/** Whether a key or a value in one Redis process holds the text. */
export async function redisHolds(text: string, port: number, password: string): Promise<boolean> {
  const redis = new Redis({ port, password, lazyConnect: true });
  const isIn = async (key: Buffer): Promise<boolean> => {
    const read = READ[await redis.type(key)]?.(key);
    return holds(key, text) || (read !== undefined && holds(await redis.callBuffer(...read), text));
  };
  try {
    await redis.connect();
    for await (const keys of redis.scanBufferStream({ count: 500 }) as AsyncIterable<Buffer[]>) {
      if ((await Promise.all(keys.map(isIn))).includes(true)) return true;
    }
    return false;
  } finally {
    redis.disconnect();
  }
}

const holds = (answer: unknown, text: string): boolean =>
  Array.isArray(answer) ? answer.some((part) => holds(part, text)) : Buffer.isBuffer(answer) && answer.includes(text);
