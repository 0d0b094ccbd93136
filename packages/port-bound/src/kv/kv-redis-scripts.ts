/**
 * Every step on a store is one script, which Redis runs as a whole: values and index cannot part.
 *
 * KEYS are the sorted set of all keys (score 0, so that Redis sorts them by their bytes), the
 * sorted set of the keys that have an end (by that time), and the value. All that is touched is
 * named there, as Redis Cluster and its likes demand. Times are those of the server: the clocks of
 * the processes that share it may differ.
 */

const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/** Redis drops an expired value by itself; each write takes a few of the index with it. */
const sweep = `
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 10)) do
  redis.call('ZREM', KEYS[1], gone)
  redis.call('ZREM', KEYS[2], gone)
end
`

/** ARGV: key, value, TTL in milliseconds or '', 'absent' or 'always'. @returns 1 where it put */
export const putScript: string = `
${clock}
${sweep}
if ARGV[4] == 'absent' and redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
redis.call('SET', KEYS[3], ARGV[2])
redis.call('ZADD', KEYS[1], 0, ARGV[1])
if ARGV[3] == '' then
  redis.call('ZREM', KEYS[2], ARGV[1])
else
  redis.call('PEXPIREAT', KEYS[3], now + ARGV[3])
  redis.call('ZADD', KEYS[2], now + ARGV[3], ARGV[1])
end
return 1
`

/** ARGV: key. */
export const deleteScript: string = `
redis.call('DEL', KEYS[3])
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
`

/**
 * ARGV: key, amount. Lua counts in doubles, which are exact this far: a sum beyond the safe
 * integers is told apart even where it is rounded.
 *
 * @returns the sum in digits, or 'not a number' or 'overflow'
 */
export const incrementScript: string = `
${clock}
${sweep}
local value = redis.call('GET', KEYS[3]) or '0'
if value ~= '0' and not value:match('^%-?[1-9]%d*$') then return 'not a number' end
local most = 9007199254740991
local count = tonumber(value)
local sum = count + tonumber(ARGV[2])
if count > most or count < -most or sum > most or sum < -most then return 'overflow' end
redis.call('INCRBY', KEYS[3], ARGV[2])
redis.call('ZADD', KEYS[1], 0, ARGV[1])
if redis.call('PTTL', KEYS[3]) == -1 then redis.call('ZREM', KEYS[2], ARGV[1]) end
return string.format('%.0f', sum)
`

/**
 * ARGV: the first and the last key (as ZRANGEBYLEX has them), how many at most.
 *
 * @returns the last key looked at, or '' where there are no more, then those that live
 */
export const listScript: string = `
${clock}
local keys = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3] + 1)
local page = {''}
if #keys > tonumber(ARGV[3]) then
  table.remove(keys)
  page[1] = keys[#keys]
end
for _, key in ipairs(keys) do
  local ends = redis.call('ZSCORE', KEYS[2], key)
  if not ends or tonumber(ends) > now then page[#page + 1] = key end
end
return page
`
