-- Ends a job as its ended leader did.
-- KEYS: FOLLOWERS
-- INCLUDE: jobs/states jobs/end_job
-- ARGV: the job, the leader, the status from now on, for how many seconds it is kept, then fields of its record and
--   their values
-- ANSWER: 1, or 0 if it had ended before or waits for that one no more, such as one that was run again meanwhile

local id, leader = ARGV[1], ARGV[2]
if open(leader) or redis.call('SISMEMBER', FOLLOWERS..leader, id) == 0 then return 0 end
return end_job(id, ARGV[3], tonumber(ARGV[4]), 0, unpack(ARGV, 5))
