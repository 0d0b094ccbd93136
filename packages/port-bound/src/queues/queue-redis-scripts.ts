/**
 * Every step of a queue is one script, which Redis runs as a whole: a message is always in exactly
 * one place. KEYS are the stream of what may be handled, the sorted set of what has to wait (by the
 * time it may be handled) and the stream of dead letters. Times are those of the server: the clocks
 * of the processes that share it may differ.
 */

const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/** ARGV: message, milliseconds until it may be handled. */
export const sendLaterScript: string = `
${clock}
redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[1])
`

/** Moves what is due to the stream. */
export const promoteScript: string = `
${clock}
for _, due in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 1000)) do
  redis.call('XADD', KEYS[1], '*', 'message', due)
  redis.call('ZREM', KEYS[2], due)
end
`

/**
 * Takes over what nobody has said to be handling for a while.
 *
 * ARGV: group, consumer, milliseconds, how many at most.
 *
 * @returns of each the id, the message and how often it was handed out
 */
export const takeOverScript: string = `
local taken = {}
for _, stale in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3], '-', '+', ARGV[4])) do
  local id = stale[1]
  local entry = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id)[1]
  if entry then
    taken[#taken + 1] = {id, entry[2][2], stale[4] + 1}
  else
    redis.call('XACK', KEYS[1], ARGV[1], id)
  end
end
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local facts = {}
  for index = 1, #consumer, 2 do facts[consumer[index]] = consumer[index + 1] end
  if facts.pending == 0 and facts.idle > 10 * ARGV[3] then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], facts.name)
  end
end
return taken
`

/** ARGV: group, consumer, then ids: says that these are still being handled, as far as they are. */
export const keepScript: string = `
for index = 3, #ARGV do
  local id = ARGV[index]
  if redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1, ARGV[2])[1] then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'JUSTID')
  end
end
`

/**
 * What becomes of a message. The second time it is nothing.
 *
 * ARGV: group, id, outcome, the message as it goes on, and of a retry the milliseconds, of a dead
 * letter the reason.
 */
export const settleScript: string = `
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return end
redis.call('XDEL', KEYS[1], ARGV[2])
if ARGV[3] == 'retry' then
  ${clock}
  redis.call('ZADD', KEYS[2], now + ARGV[5], ARGV[4])
elseif ARGV[3] == 'dead' then
  redis.call('XADD', KEYS[3], '*', 'message', ARGV[4], 'reason', ARGV[5])
elseif ARGV[3] == 'release' then
  redis.call('XADD', KEYS[1], '*', 'message', ARGV[4])
end
`

/** ARGV: the id of a dead letter, the message that it becomes. @returns 1 where it was still there */
export const replayScript: string = `
if redis.call('XDEL', KEYS[3], ARGV[1]) == 0 then return 0 end
redis.call('XADD', KEYS[1], '*', 'message', ARGV[2])
return 1
`

/** ARGV: group, consumer. Forgets it, unless it has something that is to be taken over. */
export const leaveScript: string = `
if not redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2])[1] then
  redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
end
`
