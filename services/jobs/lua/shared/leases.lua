-- drop(unit) takes a unit out of everything. let_go(holder) notes that a process has left what it was to leave; false
-- if it is doomed, and is to be given nothing more.
-- KEYS: RUNNING HOLDERS RETRY STOPPING
-- INCLUDE: jobs/fair_queue

local function drop(unit)
  give_way(unit) redis.call('ZREM', RUNNING, unit) redis.call('ZREM', RETRY, unit)
  redis.call('HDEL', HOLDERS, unit)
end

local function let_go(holder)
  if redis.call('GET', STOPPING..holder) == 'doomed' then return false end
  redis.call('DEL', STOPPING..holder)
  return true
end
