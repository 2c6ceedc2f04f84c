"""The state changes of jobs, each one atomic. They run inside Redis, by its clock.

A client whose connection breaks before the answer came sends its command again: running a script twice in a row has to
do what running it once does.

Keys: `job:<id>` the record (hash) · `pages:<id>` pages read so far (hash) · `waiting` units that nobody runs, see
`services.jobs.order` · `running`, `retry` units by the time their lease ends, they are due (sorted sets) · `holders`
who runs a unit and since when (hash) · `failed` jobs that failed by the service's fault, by the time (sorted set) ·
`flight:<key>` the job that computes a cache key · `cache:<key>` the job that holds its result · `followers:<id>` jobs
that wait for the result of another · `settling` jobs whose followers are still to be told · `expiry` jobs by the time
their files go · `leaving:<worker>` a worker that was told to end · `states` how many jobs are queued and processing ·
`metrics` see `services.metrics` · `stops:<worker>`, `stopping:<holder>` see `services.jobs.stops` · `owner:<hash>` see
`services.jobs.owned` · `key:<hash>` see `services.jobs.idempotency` · `events:<id>` what has happened to a job, in
order (stream); it lives as long as the record. Each event is told once, by the script that changes the state, and
announced on the channel `told` · `webhooks...` see
`services.publishers.deliveries`.
"""

from __future__ import annotations

from services.jobs import callbacks, idempotency, order

PRELUDE = (
    """
local P = 'ocr:'
local function now() local t = redis.call('TIME') return tonumber(t[1]) + tonumber(t[2]) / 1e6 end
local function open(id)
  local status = redis.call('HGET', P..'job:'..id, 'status')
  return (status == 'queued' or status == 'processing') and status or nil
end
"""
    + order.FUNCTIONS
    + idempotency.FUNCTIONS
    + callbacks.FUNCTIONS
    + """
local function drop(unit)
  give_way(unit) redis.call('ZREM', P..'running', unit) redis.call('ZREM', P..'retry', unit)
  redis.call('HDEL', P..'holders', unit)
end
local function let_go(holder)
  if redis.call('GET', P..'stopping:'..holder) == 'doomed' then return false end
  redis.call('DEL', P..'stopping:'..holder)
  return true
end
local function forget(id)
  local listed, key = unpack(redis.call('HMGET', P..'job:'..id, 'listed', 'idempotency'))
  if listed then redis.call('ZREM', P..'owner:'..listed, id) end
  if key and claimed_by(key) == id then redis.call('DEL', P..'key:'..key) end
end
local function enlist(id)
  local listed, made = unpack(redis.call('HMGET', P..'job:'..id, 'listed', 'created_at'))
  if listed then redis.call('ZADD', P..'owner:'..listed, made, id) end
end
local function tell(id, event, page)
  local status, done, total, failure = unpack(redis.call('HMGET', P..'job:'..id, 'status', 'done', 'total', 'error'))
  local data = {job_id = id, status = status, page = page and tonumber(page)}
  data.progress = {done = tonumber(done), total = tonumber(total) or cjson.null}
  local error = failure and cjson.decode(failure)
  data.error = error and {code = error.code, message = error.message, retryable = error.retryable} or nil
  redis.call('XADD', P..'events:'..id, '*', 'event', event, 'data', cjson.encode(data))
  redis.call('PUBLISH', P..'told', id)
end
local function leader_of(key, id)
  local leader = key ~= '' and redis.call('GET', P..'flight:'..key)
  return leader and leader ~= id and open(leader) and leader or nil
end
local function lead_or_follow(id, key, leader)
  if leader then redis.call('SADD', P..'followers:'..leader, id) return 'follow' end
  if key ~= '' then redis.call('SET', P..'flight:'..key, id) end
  wait_turn(id)
  return 'lead'
end
"""
)

ACCEPT = """
local id, key, expires, most, idempotency, payload = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]
if is_claimed(idempotency, id) then return 'claimed' end
if key ~= '' and redis.call('EXISTS', P..'cache:'..key) == 1 then return 'hit' end
if redis.call('EXISTS', P..'job:'..id) == 1 then return 'lead' end
local leader = leader_of(key, id)
if not leader and most > 0 and redis.call('SCARD', P..'queued') >= most then return 'full' end
redis.call('HINCRBY', P..'states', 'queued', 1)
redis.call('HSET', P..'job:'..id, unpack(ARGV, 7))
claim(idempotency, id, payload)
enlist(id)
tell(id, 'job_queued')
redis.call('ZADD', P..'expiry', expires, id)
return lead_or_follow(id, key, leader)
"""

ADD_COMPLETED = """
local id, expires, t, idempotency, payload = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local record = P..'job:'..id
if is_claimed(idempotency, id) then return 'claimed' end
if redis.call('EXISTS', record) == 1 then return 'added' end
redis.call('HSET', record, unpack(ARGV, 6))
claim(idempotency, id, payload)
enlist(id)
tell(id, 'job_queued')
redis.call('HSET', record, 'status', 'completed', 'ended_at', t, 'cached', 1)
redis.call('ZADD', P..'expiry', expires, id)
redis.call('HINCRBY', P..'metrics', 'ocr_jobs|completed', 1)
redis.call('HINCRBY', P..'metrics', 'ocr_cache|hit', 1)
tell(id, 'job_completed')
call_back(id)
return 'added'
"""

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

RELEASE = """
local unit, holder = ARGV[1], ARGV[2]
let_go(holder)
if string.match(redis.call('HGET', P..'holders', unit) or '', '^(.+)|') ~= holder then return 0 end
drop(unit)
return 1
"""

SAVE_PAGE = """
local id, number, page, keep = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if not open(id) then return -1 end
local new = redis.call('HSETNX', P..'pages:'..id, number, page) == 1
redis.call('EXPIRE', P..'pages:'..id, keep)
local done = redis.call('HLEN', P..'pages:'..id)
redis.call('HSET', P..'job:'..id, 'done', done)
if new then tell(id, 'job_progress', number) end
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
if redis.call('HEXISTS', record, 'kept') == 1 and redis.call('HEXISTS', record, 'in_memory') == 0 then
  redis.call('ZADD', P..'failed', t, id)
end
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
tell(id, 'job_'..status)
call_back(id)
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

RERUN = """
local id, keep, t = ARGV[1], tonumber(ARGV[2]), now()
local record = P..'job:'..id
local status, key = unpack(redis.call('HMGET', record, 'status', 'cache_key'))
if status == 'queued' then return 'queued' end
if not redis.call('ZSCORE', P..'failed', id) or status ~= 'failed' then return 'unknown' end
if redis.call('SISMEMBER', P..'settling', id) == 1 then return 'settling' end
for _, field in ipairs(redis.call('HKEYS', record)) do
  if string.match(field, '^runs:') or string.match(field, '^lost:') then redis.call('HDEL', record, field) end
end
redis.call('HDEL', record, 'error', 'ended_at', 'started_at', 'total', 'cached', 'kept')
redis.call('HSET', record, 'status', 'queued', 'done', 0, 'attempts', 0, 'expires_at', t + keep)
redis.call('ZREM', P..'failed', id)
redis.call('ZADD', P..'expiry', t + keep, id)
redis.call('HINCRBY', P..'states', 'queued', 1)
redis.call('DEL', P..'events:'..id)
tell(id, 'job_queued')
lead_or_follow(id, key, leader_of(key, id))
return 'queued'
"""

CALL_BACK = """
return call_back(ARGV[1])
"""

BURY = """
local id, keep = ARGV[1], ARGV[2]
local record = P..'job:'..id
if open(id) then redis.call('ZADD', P..'expiry', now() + 60, id) return 0 end
local owner = redis.call('HGET', record, 'owner')
forget(id)
redis.call('ZREM', P..'expiry', id) redis.call('ZREM', P..'failed', id)
redis.call('ZREM', P..'webhooks:failed', id)
redis.call('DEL', record, P..'events:'..id)
if owner then redis.call('HSET', record, 'owner', owner, 'status', 'expired') redis.call('EXPIRE', record, keep) end
return 1
"""

HAND_OVER = """
do
  local id = ARGV[1]
  local record, place, heir, since = P..'job:'..id, nil, nil, nil
  if open(id) then
    local names = id..' '..(redis.call('HGET', record, 'units') or '')
    for unit in string.gmatch(names, '%S+') do
      place = place or redis.call('ZSCORE', P..'waiting', unit)
      local worker, pid = string.match(redis.call('HGET', P..'holders', unit) or '', '^([^/]+)/([^|]+)|')
      if worker then
        redis.call('SET', P..'stopping:'..worker..'/'..pid, id, 'EX', 60)
        redis.call('RPUSH', P..'stops:'..worker, pid..' '..id)
        redis.call('EXPIRE', P..'stops:'..worker, 60)
      end
    end
    local flight = P..'flight:'..redis.call('HGET', record, 'cache_key')
    local leader = redis.call('GET', flight)
    if leader then redis.call('SREM', P..'followers:'..leader, id) end
    for _, follower in ipairs(redis.call('SMEMBERS', P..'followers:'..id)) do
      local at = open(follower) and tonumber(redis.call('HGET', P..'job:'..follower, 'created_at'))
      if at and at < (since or math.huge) then heir, since = follower, at end
    end
    if heir then
      redis.call('SREM', P..'followers:'..id, heir)
      for _, name in ipairs({'followers:', 'pages:'}) do
        if redis.call('EXISTS', P..name..id) == 1 then redis.call('RENAME', P..name..id, P..name..heir) end
      end
      redis.call('HSET', P..'job:'..heir, 'done', redis.call('HLEN', P..'pages:'..heir))
      redis.call('SET', flight, heir)
      go_first(heir)
      if place then redis.call('ZADD', P..'waiting', place, heir) end
    end
  end
end
"""

ERASE = """
local id = ARGV[1]
local record = P..'job:'..id
if open(id) then return 0 end
local key = redis.call('HGET', record, 'cache_key')
if key and redis.call('GET', P..'cache:'..key) == id then redis.call('DEL', P..'cache:'..key) end
forget(id)
redis.call('DEL', record, P..'pages:'..id, P..'events:'..id, P..'followers:'..id)
redis.call('PUBLISH', P..'told', id)
redis.call('SREM', P..'settling', id)
redis.call('ZREM', P..'failed', id) redis.call('ZREM', P..'webhooks:failed', id)
redis.call('ZADD', P..'expiry', now() + 60, id)
return 1
"""

ALL = {
    name: PRELUDE + text
    for name, text in {
        "accept": ACCEPT,
        "add_completed": ADD_COMPLETED,
        "reserve": idempotency.RESERVE,
        "unreserve": idempotency.UNRESERVE,
        "next": NEXT,
        "ahead": order.AHEAD,
        "set_total": SET_TOTAL,
        "release": RELEASE,
        "split": SPLIT,
        "save_page": SAVE_PAGE,
        "finish": FINISH,
        "cancel": HAND_OVER + FINISH,
        "erase": ERASE,
        "rest": REST,
        "renew": RENEW,
        "lost": LOST,
        "requeue_lost": REQUEUE_LOST,
        "due": DUE,
        "forgotten": FORGOTTEN,
        "rerun": RERUN,
        "call_back": CALL_BACK,
        "bury": BURY,
    }.items()
}
