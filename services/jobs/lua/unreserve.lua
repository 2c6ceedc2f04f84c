-- Frees the Idempotency-Key of a job that was not recorded.
-- KEYS: JOB CLAIM
-- INCLUDE: jobs/claims
-- ARGV: hash of owner and key, the job
-- ANSWER: nothing

local key, id = ARGV[1], ARGV[2]
if claimed_by(key) == id and redis.call('EXISTS', JOB..id) == 0 then redis.call('DEL', CLAIM..key) end
