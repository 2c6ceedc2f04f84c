-- Records a job that has the result of an earlier one.
-- KEYS: JOB EXPIRY
-- INCLUDE: redis/count jobs/claims jobs/owned jobs/events jobs/webhooks
-- ARGV: the job, when it expires, the time, the job that has the result, hash of its Idempotency-Key and of the payload
--   or empty texts, then the fields of its record and their values
-- ANSWER: `added`, or `claimed` by another job: nothing was recorded

local id, expires, t, source, idempotency, payload = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local record = JOB..id
if is_claimed(idempotency, id) then return 'claimed' end
if redis.call('EXISTS', record) == 1 then return 'added' end
redis.call('HSET', record, unpack(ARGV, 7))
claim(idempotency, id, payload)
enlist(id)
tell(id, 'job_queued')
redis.call('HSET', record, 'status', 'completed', 'ended_at', t, 'cached', 1)
local total = redis.call('HGET', JOB..source, 'total')
if total then redis.call('HSET', record, 'done', total, 'total', total) end
redis.call('ZADD', EXPIRY, expires, id)
count('ocr_jobs', 'completed')
count('ocr_tenant_jobs|'..redis.call('HGET', record, 'owner'), 'completed')
count('ocr_cache', 'hit')
tell(id, 'job_completed')
call_back(id)
return 'added'
