import type { RedisConnections } from '../../../platform/redis/redis-connections.js';
import { RedisScript } from '../../../platform/redis/redis-script.js';
import type { Challenge } from '../../../protocol/signing.js';
import type { Clock } from '../../../shared/clock.js';
import { ChallengeStore } from '../ports/challenge.store.port.js';

/** The clock of a node decides whether a challenge has expired; Redis forgets it some time later. */
const SLACK_MS = 60_000;

/** KEYS: the challenge, all that wait in their order. ARGV: challenge, life, capacity, the start of their names, its id. */
const PUT = new RedisScript(`
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if redis.call('RPUSH', KEYS[2], ARGV[5]) > tonumber(ARGV[3]) then
  redis.call('DEL', ARGV[4] .. redis.call('LPOP', KEYS[2]))
end
return redis.call('PEXPIRE', KEYS[2], ARGV[2])
`);

export class RedisChallengeStore extends ChallengeStore {
  private readonly start: string;

  constructor(
    private readonly redis: RedisConnections,
    private readonly clock: Clock,
    private readonly capacity = 100_000,
  ) {
    super();
    this.start = `${redis.namespace}{challenge}:`;
  }

  async put(challenge: Challenge): Promise<void> {
    const { challengeId } = challenge;
    const life = challenge.expiresAt - this.clock.now() + SLACK_MS;
    const keys = [this.start + challengeId, `${this.start}order`];
    const args = [JSON.stringify(challenge), life, this.capacity, this.start, challengeId];
    await this.redis.commands.script(PUT, keys, args);
  }

  async take(challengeId: string): Promise<Challenge | null> {
    const found = (await this.redis.commands.run('GETDEL', this.start + challengeId)) as string | null;
    const challenge = found === null ? null : (JSON.parse(found) as Challenge);
    return challenge && challenge.expiresAt > this.clock.now() ? challenge : null;
  }
}
