-- Notes how many pages a job has, unless it has ended.
-- KEYS: JOB
-- INCLUDE: access/quota jobs/states
-- ARGV: the job, how many pages
-- ANSWER: 1, or -1 if its tenant has not as many pages left

local id, total = ARGV[1], ARGV[2]
if not open(id) then return 1 end
if not reserve(id, tonumber(total)) then return -1 end
redis.call('HSET', JOB..id, 'total', total)
return 1
