import { LIMITS } from '../../../protocol/limits.js';
import { CONTENT_SLACK_MS, LOG_LIFE_MS, RULES, script } from './redis-log.rules.js';

/** Far less often than with every message, and whenever one of the keys may be new. */
const EXTEND_AFTER_MS = 30 * 60_000;

/**
 * ARGV: fence, entry and ciphertext, s<sender>:<clientMessageId>, epoch, acceptedAt, burnAt,
 * '1' to look for a retry only, characters, recipients. Returns a word for a refusal, or incarnation, seq, acceptedAt, burnAt,
 * 1 for a duplicate, v.
 */
export const APPEND = script(`
local now, burnAt, characters = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[9])
local names = { 'i', 'h', 'v', ARGV[4], 'x', 'f' }
for n = 10, #ARGV do
  names[#names + 1] = 'u' .. ARGV[n]
  names[#names + 1] = 'b' .. ARGV[n]
end
local found = redis.call('HMGET', log, unpack(names))
local known = found[4]
if known then
  local entry, text = cjson.decode(redis.call('HGET', log, known)), redis.call('GET', texts .. known)
  if entry[11] == '' and text and (text ~= ARGV[3] or entry[4] ~= tonumber(ARGV[5])) then return 'REUSED' end
  return { found[1], tonumber(known), entry[5], entry[10], 1, tonumber(found[3] or 0) }
end
if (found[6] or found[1]) ~= ARGV[1] then return 'FENCED' end
if ARGV[8] == '1' then return 'REFUSED' end
-- Redis prints a number of Lua's as a fraction, which costs more than to store it: so the numbers go as text.
local changes, text = {}, function (number) return string.format('%d', number) end
for n = 7, #names, 2 do
  local unread = tonumber(found[n] or 0)
  if unread >= ${LIMITS.unreadPerConversation} then return 'UNREAD' end
  changes[#changes + 1] = names[n]
  changes[#changes + 1] = text(unread + 1)
  changes[#changes + 1] = names[n + 1]
  changes[#changes + 1] = text(tonumber(found[n + 1] or 0) + characters)
end
local seq = text(tonumber(found[2] or 0) + 1)
redis.call('HSET', log, 'h', seq, 'a', ARGV[6], ARGV[4], seq, seq, ARGV[2], unpack(changes))
redis.call('SET', texts .. seq, ARGV[3], 'PX', text(burnAt - now + ${CONTENT_SLACK_MS}))
redis.call('ZADD', due, ARGV[7], seq)
if now - tonumber(found[5] or 0) > ${EXTEND_AFTER_MS} or redis.call('ZCARD', due) == 1 then
  redis.call('HSET', log, 'x', ARGV[6])
  redis.call('PEXPIRE', log, ${LOG_LIFE_MS})
  redis.call('PEXPIRE', due, ${LOG_LIFE_MS})
end
return { found[1], tonumber(seq), now, burnAt, 0, tonumber(found[3] or 0) }
`);

/**
 * ARGV: incarnation if it is a new log, viewer, after, limit, most characters. Returns incarnation, headSeq, burnedThrough, then
 * entry and ciphertext (or nothing) of each sequence.
 */
export const LIST = script(`
local found = redis.call('HMGET', log, 'i', 'h', 't')
if not found[1] then
  redis.call('HSET', log, 'i', ARGV[1])
  redis.call('PEXPIRE', log, ${LOG_LIFE_MS})
  return { ARGV[1], 0, 0 }
end
local head, through = tonumber(found[2] or 0), tonumber(found[3] or 0)
local page = { found[1], head, through }
local first, left = math.max(tonumber(ARGV[3]), through) + 1, tonumber(ARGV[5])
local own = '["' .. ARGV[2] .. '"'
for seq = first, math.min(head, first + tonumber(ARGV[4]) - 1) do
  local entry = redis.call('HGET', log, seq)
  local text = string.sub(entry, 1, #own) ~= own and redis.call('GET', texts .. seq)
  if text then
    left = left - #text
    if left < 0 and seq > first then break end
  end
  page[#page + 1] = entry
  page[#page + 1] = text or ''
end
return page
`);

/** ARGV: incarnation, user, now, '0' delivered, '1' read, '2' read in silence, seqs. Returns v, then seq, sender, burnAt of each. */
export const MARK = script(
  RULES,
  `
local user, now, what = ARGV[2], tonumber(ARGV[3]), ARGV[4]
local found = redis.call('HMGET', log, 'i', 'v')
if found[1] ~= ARGV[1] then return {} end
local news = { tonumber(found[2] or 0) }
for n = 5, #ARGV do
  local seq = ARGV[n]
  local entry = load(seq)
  local at = isAlive(entry, now) and markOf(entry, user)
  if at and entry[at + (what == '0' and 1 or 2)] == 0 then
    if what == '0' then
      entry[at + 1] = now
    else
      read(entry, at, now, what == '2' and 1 or 0)
      startTimer(seq, entry, now)
    end
    save(seq, entry)
    news[#news + 1] = tonumber(seq)
    news[#news + 1] = entry[1]
    news[#news + 1] = entry[10]
  end
end
return news
`,
);

/**
 * ARGV: incarnation, user, now, seqs. Returns v, who hears of the messages burned for all, these (seq and reason), the seqs of
 * which only the user's copy burned, and when the first of those is due.
 */
export const BURN = script(
  RULES,
  `
local user, now = ARGV[2], tonumber(ARGV[3])
local found = redis.call('HMGET', log, 'i', 'v')
if found[1] ~= ARGV[1] then return {} end
local members, burned, copies, nearest = {}, {}, {}, 0
for n = 4, #ARGV do
  local seq = ARGV[n]
  local entry = load(seq)
  if isAlive(entry, now) then
    local at, isOwn = markOf(entry, user), entry[1] == user
    if isOwn or (at and #entry < MARKS + PER_MARK) then
      burned[#burned + 1] = tonumber(seq)
      burned[#burned + 1] = isOwn and 'recalled' or 'read'
      forget(seq, entry, isOwn and 'recalled' or 'read', now, members)
    elseif at and entry[at + 4] == 0 then
      if entry[at + 2] == 0 then
        read(entry, at, now, 0)
        startTimer(seq, entry, now)
      end
      entry[at + 4] = 1
      save(seq, entry)
      copies[#copies + 1] = tonumber(seq)
      if nearest == 0 or entry[10] < nearest then nearest = entry[10] end
    end
  end
end
if #burned > 0 and (nearest == 0 or trimAt(now) < nearest) then nearest = trimAt(now) end
return { tonumber(found[2] or 0), keysOf(members), burned, copies, nearest }
`,
);

/** ARGV: user, now. Returns nothing without a log, else incarnation, v, and when the first of what changed is due (0: nothing). */
export const DROP = script(
  RULES,
  `
local user, now = ARGV[1], tonumber(ARGV[2])
local found = redis.call('HMGET', log, 'i', 'v')
if not found[1] then return {} end
local nearest = 0
for _, seq in ipairs(redis.call('ZRANGE', due, 0, -1)) do
  local entry = load(seq)
  local at = entry and markOf(entry, user)
  if at then
    countAsRead(entry, at)
    entry[at + 5] = 1
    startTimer(seq, entry, now)
    if nearest == 0 or entry[10] < nearest then nearest = entry[10] end
  end
  if entry and entry[1] == user then entry[13] = 1 end
  if at or (entry and entry[1] == user) then save(seq, entry) end
end
return { found[1], tonumber(found[2] or 0), nearest }
`,
);

/** ARGV: fence. Returns 1, or 0 without a log: the next one has a fence of its own. */
export const RENEW = script(`
if redis.call('HEXISTS', log, 'i') == 0 then return 0 end
redis.call('HSET', log, 'f', ARGV[1])
return 1
`);

export const REMOVE = script(`
for _, seq in ipairs(redis.call('ZRANGE', due, 0, -1)) do redis.call('DEL', texts .. seq) end
return redis.call('DEL', log, due)
`);
