-- Nobody waits for this ended job any more; nothing happens if it has begun anew.
-- KEYS: FOLLOWERS SETTLING
-- INCLUDE: jobs/states
-- ARGV: the job
-- ANSWER: nothing

local id = ARGV[1]
if open(id) then return end
redis.call('DEL', FOLLOWERS..id)
redis.call('SREM', SETTLING, id)
