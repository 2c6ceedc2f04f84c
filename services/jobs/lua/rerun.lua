-- Queues a job that failed by the service's fault as if it came now.
-- KEYS: JOB EVENTS EXPIRY STATES FAILED FOLLOWERS SETTLING
-- INCLUDE: redis/now jobs/events jobs/flights
-- ARGV: the job, for how many seconds it is kept
-- ANSWER: `queued`, `unknown` if it is none, `settling` if followers are still told of its end, or of its leader's

local id, keep, t = ARGV[1], tonumber(ARGV[2]), now()
local record = JOB..id
local status, key = unpack(redis.call('HMGET', record, 'status', 'cache_key'))
if status == 'queued' then return 'queued' end
if not redis.call('ZSCORE', FAILED, id) or status ~= 'failed' then return 'unknown' end
for _, leader in ipairs(redis.call('SMEMBERS', SETTLING)) do
  if leader == id or redis.call('SISMEMBER', FOLLOWERS..leader, id) == 1 then return 'settling' end
end
for _, field in ipairs(redis.call('HKEYS', record)) do
  if string.match(field, '^runs:') or string.match(field, '^lost:') then redis.call('HDEL', record, field) end
end
redis.call('HDEL', record, 'error', 'ended_at', 'started_at', 'total', 'cached', 'kept', 'lost_pages')
redis.call('HSET', record, 'status', 'queued', 'done', 0, 'attempts', 0, 'expires_at', t + keep)
redis.call('ZREM', FAILED, id)
redis.call('ZADD', EXPIRY, t + keep, id)
redis.call('HINCRBY', STATES, 'queued', 1)
redis.call('DEL', EVENTS..id)
tell(id, 'job_queued')
lead_or_follow(id, key, leader_of(key, id))
return 'queued'
