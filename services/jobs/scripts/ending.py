"""How jobs end, what comes after, and how a failed one begins anew."""

from __future__ import annotations

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
        local how = redis.call('HEXISTS', record, 'in_memory') == 1 and ' gently' or ''
        redis.call('RPUSH', P..'stops:'..worker, pid..' '..id..how)
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
"""Goes before FINISH where a job is cancelled: its processes are stopped, and its oldest follower takes its place."""

STILL_FOLLOWS = """
local leader = KEYS[1]
if open(leader) or redis.call('SISMEMBER', P..'followers:'..leader, ARGV[1]) == 0 then return 0 end
"""
"""Goes before FINISH where a job ends as its leader did: one that was run again meanwhile has an end of its own."""

SETTLED = """
local id = ARGV[1]
if open(id) then return end
redis.call('DEL', P..'followers:'..id)
redis.call('SREM', P..'settling', id)
"""

RERUN = """
local id, keep, t = ARGV[1], tonumber(ARGV[2]), now()
local record = P..'job:'..id
local status, key = unpack(redis.call('HMGET', record, 'status', 'cache_key'))
if status == 'queued' then return 'queued' end
if not redis.call('ZSCORE', P..'failed', id) or status ~= 'failed' then return 'unknown' end
for _, leader in ipairs(redis.call('SMEMBERS', P..'settling')) do
  if leader == id or redis.call('SISMEMBER', P..'followers:'..leader, id) == 1 then return 'settling' end
end
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

ERASE = """
local id = ARGV[1]
local record = P..'job:'..id
if open(id) or redis.call('EXISTS', P..'followers:'..id) == 1 then return 0 end
local key = redis.call('HGET', record, 'cache_key')
if key and redis.call('GET', P..'cache:'..key) == id then redis.call('DEL', P..'cache:'..key) end
forget(id)
redis.call('DEL', record, P..'pages:'..id, P..'events:'..id)
redis.call('PUBLISH', P..'told', id)
redis.call('SREM', P..'settling', id)
redis.call('ZREM', P..'failed', id) redis.call('ZREM', P..'webhooks:failed', id)
redis.call('ZADD', P..'expiry', now() + 60, id)
return 1
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
