-- Has a process given nothing more, because it will be killed.
-- KEYS: STOPPING
-- ARGV: the process as `<worker>/<pid>`, the job that it is to leave
-- ANSWER: 1, or 0 if it has left the job by now

local marker, job = STOPPING..ARGV[1], ARGV[2]
local found = redis.call('GET', marker)
if found ~= job and found ~= 'doomed' then return 0 end
redis.call('SET', marker, 'doomed', 'EX', 60)
return 1
