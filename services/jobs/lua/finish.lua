-- Ends a job, once, and counts it.
-- INCLUDE: jobs/end_job
-- ARGV: the job, its status from now on, for how many seconds it is kept, and its result for others (0: not at all),
--   then fields of its record and their values
-- ANSWER: 1, or 0 if it had ended before

return end_job(ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), unpack(ARGV, 5))
