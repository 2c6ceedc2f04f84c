-- What becomes of a lost unit. Not counted is what a worker lost that was told to end. A process ran until its lease
-- ended or it was found dead, however long ago that is.
-- KEYS: JOB RUNNING HOLDERS LEAVING
-- INCLUDE: redis/now jobs/states jobs/fair_queue jobs/leases
-- ARGV: the unit, its job, how often it may be lost, how many seconds it may run
-- ANSWER: `again` if it waits again, `lost` or `timeout` if it is to be given up, `kept` if it was not lost or has
--   ended

local unit, id, tries, limit = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local lease, t = redis.call('ZSCORE', RUNNING, unit), now()
if not lease or tonumber(lease) > t then return 'kept' end
local worker, since = string.match(redis.call('HGET', HOLDERS, unit) or '', '^([^/]+)/[^|]+|(.+)$')
worker, since = worker or '', tonumber(since or t)
drop(unit)
if not open(id) then return 'kept' end
if tonumber(lease) - since >= limit then return 'timeout' end
local counts = redis.call('EXISTS', LEAVING..worker) == 0 and 1 or 0
if redis.call('HINCRBY', JOB..id, 'lost:'..unit, counts) >= tries then return 'lost' end
go_first(unit)
return 'again'
