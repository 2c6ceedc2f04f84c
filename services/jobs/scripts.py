"""The state changes of jobs, each one atomic. They run inside Redis, by its clock.

A client whose connection breaks before the answer came sends its command again: running a script twice in a row has to
do what running it once does.

Keys: `job:<id>` the record (hash) · `pages:<id>` pages read so far (hash) · `waiting`, `running`, `retry` units by the
time they came, their lease ends, they are due (sorted sets) · `holders` who runs a unit and since when (hash) ·
`flight:<key>` the job that computes a cache key · `cache:<key>` the job that holds its result · `followers:<id>` jobs
that wait for the result of another · `settling` jobs whose followers are still to be told · `expiry` jobs by the time
their files go · `leaving:<worker>` a worker that was told to end · `states` how many jobs are queued and processing ·
`metrics` see `services.metrics` · `webhooks...` see `services.publishers.deliveries`.
"""

from __future__ import annotations

PRELUDE = """
local P = 'ocr:'
local function now() local t = redis.call('TIME') return tonumber(t[1]) + tonumber(t[2]) / 1e6 end
local function open(id)
  local status = redis.call('HGET', P..'job:'..id, 'status')
  return (status == 'queued' or status == 'processing') and status or nil
end
local function drop(unit)
  redis.call('ZREM', P..'waiting', unit) redis.call('ZREM', P..'running', unit) redis.call('ZREM', P..'retry', unit)
  redis.call('HDEL', P..'holders', unit)
end
local function host_of(url) return string.match(url, '^%a+://%[([^%]]+)') or string.match(url, '^%a+://([^:/?]+)') end
local function aim(host)
  local first = redis.call('ZRANGE', P..'webhooks:due:'..host, 0, 0, 'WITHSCORES')
  if first[2] then redis.call('ZADD', P..'webhooks', first[2], host) else redis.call('ZREM', P..'webhooks', host) end
end
local function call_back(id)
  local url = redis.call('HGET', P..'job:'..id, 'callback_url')
  if not url then return 0 end
  redis.call('HDEL', P..'job:'..id, 'callback_tries', 'callback_failure')
  redis.call('ZREM', P..'webhooks:failed', id)
  redis.call('ZADD', P..'webhooks:due:'..host_of(url), now(), id)
  aim(host_of(url))
  return 1
end
"""

ACCEPT = """
local id, key, expires = ARGV[1], ARGV[2], ARGV[3]
if key ~= '' and redis.call('EXISTS', P..'cache:'..key) == 1 then return 'hit' end
if redis.call('EXISTS', P..'job:'..id) == 0 then redis.call('HINCRBY', P..'states', 'queued', 1) end
redis.call('HSET', P..'job:'..id, unpack(ARGV, 4))
redis.call('ZADD', P..'expiry', expires, id)
local leader = key ~= '' and redis.call('GET', P..'flight:'..key)
if leader and leader ~= id and open(leader) then
  redis.call('SADD', P..'followers:'..leader, id)
  return 'follow'
end
if key ~= '' then redis.call('SET', P..'flight:'..key, id) end
redis.call('ZADD', P..'waiting', now(), id)
return 'lead'
"""

CLAIM = """
local unit, id, holder, lease = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local t, record = now(), P..'job:'..id
if redis.call('ZREM', P..'waiting', unit) == 0 then
  local held_by = string.match(redis.call('HGET', P..'holders', unit) or '', '^(.+)|')
  return held_by == holder and tonumber(redis.call('HGET', record, 'runs:'..unit)) or 0
end
local status = open(id)
if not status then return 0 end
redis.call('ZADD', P..'running', t + lease, unit)
redis.call('HSET', P..'holders', unit, holder..'|'..t)
if status == 'queued' then
  redis.call('HSET', record, 'status', 'processing', 'started_at', t)
  redis.call('HINCRBY', P..'states', 'queued', -1) redis.call('HINCRBY', P..'states', 'processing', 1)
end
local runs = redis.call('HINCRBY', record, 'runs:'..unit, 1)
if runs > tonumber(redis.call('HGET', record, 'attempts')) then redis.call('HSET', record, 'attempts', runs) end
return runs
"""

SPLIT = """
local id, total = ARGV[1], ARGV[2]
if not open(id) then return 0 end
redis.call('HSET', P..'job:'..id, 'total', total, 'units', table.concat(ARGV, ' ', 3))
drop(id)
local t = now()
for i = 3, #ARGV do redis.call('ZADD', P..'waiting', t, ARGV[i]) end
return 1
"""

RELEASE = """
local unit, holder = ARGV[1], ARGV[2]
if string.match(redis.call('HGET', P..'holders', unit) or '', '^(.+)|') ~= holder then return 0 end
drop(unit)
return 1
"""

SAVE_PAGE = """
local id, number, page, keep = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if not open(id) then return -1 end
redis.call('HSETNX', P..'pages:'..id, number, page)
redis.call('EXPIRE', P..'pages:'..id, keep)
local done = redis.call('HLEN', P..'pages:'..id)
redis.call('HSET', P..'job:'..id, 'done', done)
return done
"""

FINISH = """
local id, status, keep, cache_ttl = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local before = open(id)
if not before then return 0 end
redis.call('HINCRBY', P..'states', before, -1)
local t, record = now(), P..'job:'..id
redis.call('HSET', record, 'status', status, 'ended_at', t, 'expires_at', t + keep, unpack(ARGV, 5))
redis.call('ZADD', P..'expiry', t + keep, id)
redis.call('HINCRBY', P..'metrics', 'ocr_jobs|'..status, 1)
drop(id)
for unit in string.gmatch(redis.call('HGET', record, 'units') or '', '%S+') do drop(unit) end
redis.call('HDEL', record, 'password', 'units')
redis.call('DEL', P..'pages:'..id)
local key = redis.call('HGET', record, 'cache_key')
if redis.call('GET', P..'flight:'..key) == id then redis.call('DEL', P..'flight:'..key) end
if key ~= '' and status == 'completed' and cache_ttl > 0 then
  redis.call('SET', P..'cache:'..key, id, 'EX', cache_ttl)
end
if redis.call('EXISTS', P..'followers:'..id) == 1 then redis.call('SADD', P..'settling', id) end
call_back(id)
redis.call('PUBLISH', P..'ended:'..id, status)
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
redis.call('ZADD', P..'waiting', t, unit)
return 'again'
"""

DUE = """
local t = now()
local units = redis.call('ZRANGEBYSCORE', P..'retry', '-inf', t)
for _, unit in ipairs(units) do drop(unit) redis.call('ZADD', P..'waiting', t, unit) end
return units
"""

FORGOTTEN = """
local queue, age = ARGV[1], tonumber(ARGV[2])
local missing = redis.call('ZCARD', P..'waiting') - redis.call('LLEN', queue)
if missing <= 0 then return {} end
local units = redis.call('ZRANGEBYSCORE', P..'waiting', '-inf', now() - age, 'LIMIT', 0, math.min(missing, 1000))
if #units == 0 or not redis.call('SET', P..'called_again', 1, 'NX', 'EX', math.ceil(age)) then return {} end
return units
"""

CALL_BACK = """
return call_back(ARGV[1])
"""

BURY = """
local id, keep = ARGV[1], ARGV[2]
local record = P..'job:'..id
if open(id) then redis.call('ZADD', P..'expiry', now() + 60, id) return 0 end
local owner = redis.call('HGET', record, 'owner')
redis.call('ZREM', P..'expiry', id)
redis.call('ZREM', P..'webhooks:failed', id)
redis.call('DEL', record)
if owner then redis.call('HSET', record, 'owner', owner, 'status', 'expired') redis.call('EXPIRE', record, keep) end
return 1
"""

ALL = {
    name: PRELUDE + text
    for name, text in {
        "accept": ACCEPT,
        "claim": CLAIM,
        "release": RELEASE,
        "split": SPLIT,
        "save_page": SAVE_PAGE,
        "finish": FINISH,
        "rest": REST,
        "renew": RENEW,
        "lost": LOST,
        "requeue_lost": REQUEUE_LOST,
        "due": DUE,
        "forgotten": FORGOTTEN,
        "call_back": CALL_BACK,
        "bury": BURY,
    }.items()
}
