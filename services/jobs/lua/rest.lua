-- Gives a unit back, to be queued again later.
-- KEYS: RETRY
-- INCLUDE: redis/now jobs/states jobs/leases
-- ARGV: the unit, its job, in how many seconds
-- ANSWER: 1, or 0 if the job has ended

local unit, id, delay = ARGV[1], ARGV[2], tonumber(ARGV[3])
drop(unit)
if not open(id) then return 0 end
return redis.call('ZADD', RETRY, now() + delay, unit)
