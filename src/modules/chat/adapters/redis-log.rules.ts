import { LIMITS } from '../../../protocol/limits.js';
import { RedisScript } from '../../../platform/redis/redis-script.js';

/** Beyond a message's time, until Redis removes its ciphertext without anybody's help. */
export const CONTENT_SLACK_MS = 10_000;
/** A log that nothing was added to for so long holds nothing any more, whoever should have burned it. */
export const LOG_LIFE_MS = LIMITS.messageLifeMs + LIMITS.holeLifeMs + 60 * 60_000;
/** Holes are trimmed by the minute. */
const TRIM_GRID_MS = 60_000;

/**
 * KEYS: the log, a hash. Beside it under the same tag: when what of it is due (a sorted set of sequences), and the ciphertexts.
 *
 * Fields of the log: i incarnation, f its fence once that was renewed (until then, the incarnation), h headSeq, t burnedThrough,
 * a lastActivityAt, v how often it was reaped, x when its life was last extended, u<user> and b<user> number and characters of
 * what that user has not read, s<sender>:<clientMessageId> its sequence, and <seq> the entry. An
 * entry is a JSON array; redis-message.entry.ts names its places.
 */
const NAMES = `
local log = KEYS[1]
local due, texts = log .. ':due', log .. ':text:'
`;

export const RULES = `
local MARKS, PER_MARK = 14, 6
local function load(seq)
  local raw = redis.call('HGET', log, seq)
  return raw and cjson.decode(raw)
end
local function save(seq, entry)
  redis.call('HSET', log, seq, cjson.encode(entry))
end
local function isAlive(entry, now)
  return entry and entry[11] == '' and entry[10] > now
end
local function markOf(entry, user)
  for at = MARKS, #entry, PER_MARK do
    if entry[at] == user and entry[at + 5] == 0 then return at end
  end
end
local function countAsRead(entry, at)
  if entry[at + 2] ~= 0 then return end
  redis.call('HINCRBY', log, 'u' .. entry[at], -1)
  redis.call('HINCRBY', log, 'b' .. entry[at], -entry[8])
end
local function read(entry, at, now, silent)
  countAsRead(entry, at)
  entry[at + 2], entry[at + 3] = now, silent
  if entry[at + 1] == 0 then entry[at + 1] = now end
end
-- Starts the timer once everyone who remains has read.
local function startTimer(seq, entry, now)
  for at = MARKS, #entry, PER_MARK do
    if entry[at + 5] == 0 and entry[at + 2] == 0 then return end
  end
  local burnAt = math.min(entry[10], now + math.min(entry[6], entry[7]) * 1000)
  if burnAt == entry[10] then return end
  entry[10] = burnAt
  redis.call('ZADD', due, burnAt, seq)
  redis.call('PEXPIRE', texts .. seq, burnAt - now + ${CONTENT_SLACK_MS})
end
-- Leaves the hole; adds who has to hear of it to members.
local function forget(seq, entry, reason, now, members)
  if entry[13] == 0 then members[entry[1]] = true end
  for at = MARKS, #entry, PER_MARK do
    if entry[at + 5] == 0 then
      countAsRead(entry, at)
      members[entry[at]] = true
    end
  end
  entry[11], entry[12] = reason, now
  redis.call('DEL', texts .. seq)
  redis.call('ZREM', due, seq)
  save(seq, entry)
end
local function dueReason(entry)
  local readers = 0
  for at = MARKS, #entry, PER_MARK do
    if entry[at + 5] == 0 then
      if entry[at + 2] == 0 then return 'expired' end
      readers = readers + 1
    end
  end
  return readers > 0 and 'read' or 'expired'
end
local function keysOf(set)
  local keys = {}
  for key in pairs(set) do keys[#keys + 1] = key end
  return keys
end
local function trimAt(burnedAt)
  return math.ceil((burnedAt + ${LIMITS.holeLifeMs}) / ${TRIM_GRID_MS}) * ${TRIM_GRID_MS}
end
`;

export const script = (...parts: string[]): RedisScript => new RedisScript([NAMES, ...parts].join(''));
