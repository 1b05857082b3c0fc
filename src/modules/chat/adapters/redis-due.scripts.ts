import { RedisScript } from '../../../platform/redis/redis-script.js';
import { LIMITS } from '../../../protocol/limits.js';
import { LOG_LIFE_MS, RULES, script } from './redis-log.rules.js';

/** What remains of a log without entries: its incarnation and its sequence. */
const EMPTY_LOG_LIFE_MS = 31 * 24 * 60 * 60_000;
const TRIMMED_AT_ONCE = 1_000;

/**
 * Burns what is due and trims the holes that are old enough. ARGV: now, limit. Returns nothing without a log, else incarnation,
 * v before and after, when something is due next (0: nothing), who hears of it, and the burned (seq and reason).
 */
export const REAP = script(
  RULES,
  `
local now = tonumber(ARGV[1])
local found = redis.call('HMGET', log, 'i', 'h', 't')
if not found[1] then return {} end
local members, burned = {}, {}
for _, seq in ipairs(redis.call('ZRANGE', due, '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[2])) do
  local entry = load(seq)
  local reason = dueReason(entry)
  forget(seq, entry, reason, now, members)
  burned[#burned + 1] = tonumber(seq)
  burned[#burned + 1] = reason
end
local head, through, nextAt = tonumber(found[2] or 0), tonumber(found[3] or 0), 0
local most = math.min(head, through + ${TRIMMED_AT_ONCE})
while through < most do
  local entry = load(through + 1)
  if entry[11] == '' then break end
  nextAt = trimAt(entry[12])
  if entry[12] + ${LIMITS.holeLifeMs} > now then break end
  through, nextAt = through + 1, 0
  redis.call('HDEL', log, through, 's' .. entry[1] .. ':' .. entry[3])
end
if through == most and most < head then nextAt = now end
redis.call('HSET', log, 't', through)
if through == head then redis.call('PEXPIRE', log, ${EMPTY_LOG_LIFE_MS}) end
local first = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
if first[2] and (nextAt == 0 or tonumber(first[2]) < nextAt) then nextAt = tonumber(first[2]) end
local version = redis.call('HINCRBY', log, 'v', 1)
return { found[1], version - 1, version, nextAt, keysOf(members), burned }
`,
);

/** KEYS: one index. ARGV: now, until when nobody else takes them, limit. Returns the mentions that are due. */
export const CLAIM = new RedisScript(`
local mentions = redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[3])
for _, mention in ipairs(mentions) do redis.call('ZADD', KEYS[1], ARGV[2], mention) end
redis.call('PEXPIRE', KEYS[1], ${LOG_LIFE_MS})
return mentions
`);

/** KEYS: one index. ARGV: when, number of mentions to make for then, these, mentions to remove. */
export const SETTLE = new RedisScript(`
local kept = tonumber(ARGV[2])
for n = 3, 2 + kept do redis.call('ZADD', KEYS[1], 'LT', ARGV[1], ARGV[n]) end
for n = 3 + kept, #ARGV do redis.call('ZREM', KEYS[1], ARGV[n]) end
return 1
`);
