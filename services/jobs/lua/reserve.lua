-- Reserves an Idempotency-Key for a job that is not recorded yet.
-- KEYS: JOB CLAIM
-- INCLUDE: redis/now jobs/states jobs/claims
-- ARGV: hash of owner and key, the job, hash of the payload, for how many seconds
-- ANSWER: `reserved`, `mismatch` (of the payload), `in_progress`, or the job that an earlier request made with this key

local key, id, payload, seconds = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local by, other = claimed_by(key)
if by and by ~= id then
  local status, ends = unpack(redis.call('HMGET', JOB..by, 'status', 'expires_at'))
  if not status or open(by) or tonumber(ends or 0) > now() then
    if other ~= payload then return 'mismatch' end
    return status and by or 'in_progress'
  end
end
redis.call('SET', CLAIM..key, id..'|'..payload, 'EX', seconds)
return 'reserved'
