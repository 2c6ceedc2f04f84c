-- Reduces an ended job to the fact that it existed.
-- KEYS: JOB EVENTS EXPIRY FAILED WEBHOOKS_FAILED
-- INCLUDE: redis/now jobs/states jobs/owned
-- ARGV: the job, for how many seconds that is told
-- ANSWER: 1, or 0 if it has not ended yet

local id, keep = ARGV[1], ARGV[2]
local record = JOB..id
if open(id) then redis.call('ZADD', EXPIRY, now() + 60, id) return 0 end
local owner = redis.call('HGET', record, 'owner')
forget(id)
redis.call('ZREM', EXPIRY, id) redis.call('ZREM', FAILED, id)
redis.call('ZREM', WEBHOOKS_FAILED, id)
redis.call('DEL', record, EVENTS..id)
if owner then redis.call('HSET', record, 'owner', owner, 'status', 'expired') redis.call('EXPIRE', record, keep) end
return 1
