-- Replaces the unit of a whole job by units of page ranges.
-- KEYS: JOB
-- INCLUDE: access/quota jobs/states jobs/fair_queue jobs/leases
-- ARGV: the job, how many pages it has, the units
-- ANSWER: 1, 0 if it has ended, or -1 if its tenant has not as many pages left

local id, total = ARGV[1], ARGV[2]
if not open(id) then return 0 end
if redis.call('HEXISTS', JOB..id, 'units') == 1 then return 1 end
if not reserve(id, tonumber(total)) then return -1 end
redis.call('HSET', JOB..id, 'total', total, 'units', table.concat(ARGV, ' ', 3))
drop(id)
for i = 3, #ARGV do wait_turn(ARGV[i]) end
return 1
