-- Keeps a page that was read.
-- KEYS: JOB PAGES
-- INCLUDE: jobs/states jobs/events
-- ARGV: the job, the page's number, the page
-- ANSWER: how many are kept now, or -1 if the job has ended

local id, number, page = ARGV[1], ARGV[2], ARGV[3]
if not open(id) then return -1 end
local new = redis.call('HSETNX', PAGES..id, number, page) == 1
local done = redis.call('HLEN', PAGES..id)
redis.call('HSET', JOB..id, 'done', done)
if new then tell(id, 'job_progress', number) end
return done
