-- Extends the leases of a worker's living processes and ends those of its dead ones at once.
-- KEYS: RUNNING HOLDERS
-- INCLUDE: redis/now
-- ARGV: the worker, seconds of the leases, the living processes
-- ANSWER: nothing

local worker, lease, alive = ARGV[1], tonumber(ARGV[2]), {}
for i = 3, #ARGV do alive[ARGV[i]] = true end
local t, holders = now(), redis.call('HGETALL', HOLDERS)
for i = 1, #holders, 2 do
  local of, pid = string.match(holders[i + 1], '^([^/]+)/([^|]+)|')
  if of == worker and alive[pid] then redis.call('ZADD', RUNNING, 'XX', t + lease, holders[i]) end
  if of == worker and not alive[pid] then redis.call('ZADD', RUNNING, 'XX', 'LT', t, holders[i]) end
end
