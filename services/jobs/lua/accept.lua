-- Records a new job: as the one that computes its cache key, or as a follower of the one that already does.
-- KEYS: JOB EXPIRY STATES CACHE QUEUED
-- INCLUDE: access/quota jobs/claims jobs/owned jobs/events jobs/flights
-- ARGV: the job, its cache key or an empty text, when it expires, how many jobs may wait (0: any number), hash of its
--   Idempotency-Key and of the payload or empty texts, then the fields of its record and their values
-- ANSWER: `lead`, `follow`, or what was not recorded: `hit` (a result is cached), `full`,
--   `quota` (of its tenant is used up), `claimed` (by another job)

local id, key, expires, most, idempotency, payload = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]
if is_claimed(idempotency, id) then return 'claimed' end
if key ~= '' and redis.call('EXISTS', CACHE..key) == 1 then return 'hit' end
if redis.call('EXISTS', JOB..id) == 1 then return 'lead' end
local leader = leader_of(key, id)
if not leader and most > 0 and redis.call('SCARD', QUEUED) >= most then return 'full' end
redis.call('HSET', JOB..id, unpack(ARGV, 7))
if not leader and not reserve(id, 1) then redis.call('DEL', JOB..id) return 'quota' end
redis.call('HINCRBY', STATES, 'queued', 1)
claim(idempotency, id, payload)
enlist(id)
tell(id, 'job_queued')
redis.call('ZADD', EXPIRY, expires, id)
return lead_or_follow(id, key, leader)
