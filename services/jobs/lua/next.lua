-- Takes the unit whose turn it is. A holder that has a unit is given the same answer again.
-- KEYS: JOB STATES RUNNING HOLDERS
-- INCLUDE: redis/now jobs/states jobs/units jobs/fair_queue jobs/leases jobs/events
-- ARGV: who asks as `<worker>/<pid>`, seconds of its lease
-- ANSWER: {the unit, the number of the try from 1}; empty where none waits

local holder, lease, t = ARGV[1], tonumber(ARGV[2]), now()
if not let_go(holder) then return {} end
local holders = redis.call('HGETALL', HOLDERS)
for i = 1, #holders, 2 do
  if string.match(holders[i + 1], '^(.+)|') == holder then
    if open(job_of(holders[i])) then
      return {holders[i], redis.call('HGET', JOB..job_of(holders[i]), 'runs:'..holders[i])}
    end
    drop(holders[i])
  end
end
local unit, status
repeat
  unit = take_next()
  if not unit then return {} end
  status = open(job_of(unit))
until status
local id = job_of(unit)
local record = JOB..id
redis.call('ZADD', RUNNING, t + lease, unit)
redis.call('HSET', HOLDERS, unit, holder..'|'..t)
if status == 'queued' then
  redis.call('HSET', record, 'status', 'processing', 'started_at', t)
  redis.call('HINCRBY', STATES, 'queued', -1) redis.call('HINCRBY', STATES, 'processing', 1)
  tell(id, 'job_started')
end
local runs = redis.call('HINCRBY', record, 'runs:'..unit, 1)
if runs > tonumber(redis.call('HGET', record, 'attempts')) then redis.call('HSET', record, 'attempts', runs) end
return {unit, tostring(runs)}
