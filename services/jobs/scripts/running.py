"""How units are taken, let go, lost and found, and what becomes of the pages that were read."""

from __future__ import annotations

NEXT = """
local holder, lease, t = ARGV[1], tonumber(ARGV[2]), now()
if not let_go(holder) then return {} end
local holders = redis.call('HGETALL', P..'holders')
for i = 1, #holders, 2 do
  if string.match(holders[i + 1], '^(.+)|') == holder then
    if open(job_of(holders[i])) then
      return {holders[i], redis.call('HGET', P..'job:'..job_of(holders[i]), 'runs:'..holders[i])}
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
local record = P..'job:'..id
redis.call('ZADD', P..'running', t + lease, unit)
redis.call('HSET', P..'holders', unit, holder..'|'..t)
if status == 'queued' then
  redis.call('HSET', record, 'status', 'processing', 'started_at', t)
  redis.call('HINCRBY', P..'states', 'queued', -1) redis.call('HINCRBY', P..'states', 'processing', 1)
  tell(id, 'job_started')
end
local runs = redis.call('HINCRBY', record, 'runs:'..unit, 1)
if runs > tonumber(redis.call('HGET', record, 'attempts')) then redis.call('HSET', record, 'attempts', runs) end
return {unit, tostring(runs)}
"""

SPLIT = """
local id, total = ARGV[1], ARGV[2]
if not open(id) then return 0 end
if redis.call('HEXISTS', P..'job:'..id, 'units') == 1 then return 1 end
redis.call('HSET', P..'job:'..id, 'total', total, 'units', table.concat(ARGV, ' ', 3))
drop(id)
for i = 3, #ARGV do wait_turn(ARGV[i]) end
return 1
"""

SET_TOTAL = """
if open(ARGV[1]) then redis.call('HSET', P..'job:'..ARGV[1], 'total', ARGV[2]) end
"""

SAVE_PAGE = """
local id, number, page = ARGV[1], ARGV[2], ARGV[3]
if not open(id) then return -1 end
local new = redis.call('HSETNX', P..'pages:'..id, number, page) == 1
local done = redis.call('HLEN', P..'pages:'..id)
redis.call('HSET', P..'job:'..id, 'done', done)
if new then tell(id, 'job_progress', number) end
return done
"""

RELEASE = """
local unit, holder = ARGV[1], ARGV[2]
let_go(holder)
if string.match(redis.call('HGET', P..'holders', unit) or '', '^(.+)|') ~= holder then return 0 end
drop(unit)
return 1
"""

REST = """
local unit, id, delay = ARGV[1], ARGV[2], tonumber(ARGV[3])
drop(unit)
if not open(id) then return 0 end
return redis.call('ZADD', P..'retry', now() + delay, unit)
"""

RENEW = """
local worker, lease, alive = ARGV[1], tonumber(ARGV[2]), {}
for i = 3, #ARGV do alive[ARGV[i]] = true end
local t, holders = now(), redis.call('HGETALL', P..'holders')
for i = 1, #holders, 2 do
  local of, pid = string.match(holders[i + 1], '^([^/]+)/([^|]+)|')
  if of == worker and alive[pid] then redis.call('ZADD', P..'running', 'XX', t + lease, holders[i]) end
  if of == worker and not alive[pid] then redis.call('ZADD', P..'running', 'XX', 'LT', t, holders[i]) end
end
"""

LOST = """
return redis.call('ZRANGEBYSCORE', P..'running', '-inf', now())
"""

REQUEUE_LOST = """
local unit, id, tries, limit = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local lease, t = redis.call('ZSCORE', P..'running', unit), now()
if not lease or tonumber(lease) > t then return 'kept' end
local worker, since = string.match(redis.call('HGET', P..'holders', unit) or '', '^([^/]+)/[^|]+|(.+)$')
worker, since = worker or '', tonumber(since or t)
drop(unit)
if not open(id) then return 'kept' end
if tonumber(lease) - since >= limit then return 'timeout' end
local counts = redis.call('EXISTS', P..'leaving:'..worker) == 0 and 1 or 0
if redis.call('HINCRBY', P..'job:'..id, 'lost:'..unit, counts) >= tries then return 'lost' end
go_first(unit)
return 'again'
"""

DUE = """
local units = redis.call('ZRANGEBYSCORE', P..'retry', '-inf', now())
for _, unit in ipairs(units) do drop(unit) go_first(unit) end
return #units
"""

FORGOTTEN = """
local queue, age = ARGV[1], tonumber(ARGV[2])
local missing = redis.call('ZCARD', P..'waiting') - redis.call('LLEN', queue)
if missing <= 0 or redis.call('ZCOUNT', P..'arrived', '-inf', now() - age) == 0 then return 0 end
if not redis.call('SET', P..'called_again', 1, 'NX', 'EX', math.ceil(age)) then return 0 end
return math.min(missing, 1000)
"""
