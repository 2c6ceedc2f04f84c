-- Leaves nothing of an ended job but its files, which are to go now; a minute later they go once more.
-- KEYS: JOB PAGES EVENTS TOLD EXPIRY FAILED CACHE FOLLOWERS SETTLING WEBHOOKS_FAILED
-- INCLUDE: redis/now jobs/states jobs/owned
-- ARGV: the job
-- ANSWER: 1, or 0 if it has not ended, or some still wait for its result

local id = ARGV[1]
local record = JOB..id
if open(id) or redis.call('EXISTS', FOLLOWERS..id) == 1 then return 0 end
local key = redis.call('HGET', record, 'cache_key')
if key and redis.call('GET', CACHE..key) == id then redis.call('DEL', CACHE..key) end
forget(id)
redis.call('DEL', record, PAGES..id, EVENTS..id)
redis.call('PUBLISH', TOLD, id)
redis.call('SREM', SETTLING, id)
redis.call('ZREM', FAILED, id) redis.call('ZREM', WEBHOOKS_FAILED, id)
redis.call('ZADD', EXPIRY, now() + 60, id)
return 1
