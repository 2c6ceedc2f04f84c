-- Notes how many pages a job has, unless it has ended.
-- KEYS: JOB
-- INCLUDE: jobs/states
-- ARGV: the job, how many pages
-- ANSWER: nothing

if open(ARGV[1]) then redis.call('HSET', JOB..ARGV[1], 'total', ARGV[2]) end
