-- Ends a job without a result, and has the processes stopped that run parts of it. Who waits for its result must not
-- suffer: the oldest of them takes its place, with the pages read so far, and the others wait for that one.
-- KEYS: JOB PAGES FLIGHT FOLLOWERS WAITING HOLDERS STOPS STOPPING
-- INCLUDE: access/quota jobs/states jobs/fair_queue jobs/end_job
-- ARGV: the job, its status from now on, for how many seconds it is kept
-- ANSWER: 1, or 0 if it had ended before

local function stop(id, unit)
  local worker, pid = string.match(redis.call('HGET', HOLDERS, unit) or '', '^([^/]+)/([^|]+)|')
  if not worker then return end
  redis.call('SET', STOPPING..worker..'/'..pid, id, 'EX', 60)
  local how = redis.call('HEXISTS', JOB..id, 'in_memory') == 1 and ' gently' or ''
  redis.call('RPUSH', STOPS..worker, pid..' '..id..how)
  redis.call('EXPIRE', STOPS..worker, 60)
end

local function oldest_follower(id)
  local oldest, since
  for _, follower in ipairs(redis.call('SMEMBERS', FOLLOWERS..id)) do
    local at = open(follower) and tonumber(redis.call('HGET', JOB..follower, 'created_at'))
    if at and at < (since or math.huge) then oldest, since = follower, at end
  end
  return oldest
end

local function inherit(heir, id, flight, place)
  redis.call('SREM', FOLLOWERS..id, heir)
  for _, name in ipairs({FOLLOWERS, PAGES}) do
    if redis.call('EXISTS', name..id) == 1 then redis.call('RENAME', name..id, name..heir) end
  end
  redis.call('HSET', JOB..heir, 'done', redis.call('HLEN', PAGES..heir))
  redis.call('SET', flight, heir)
  bequeath(id, heir)
  go_first(heir)
  if place then redis.call('ZADD', WAITING, place, heir) end
end

local id, status, keep = ARGV[1], ARGV[2], tonumber(ARGV[3])
if not open(id) then return 0 end
local record, place = JOB..id, nil
for unit in string.gmatch(id..' '..(redis.call('HGET', record, 'units') or ''), '%S+') do
  place = place or redis.call('ZSCORE', WAITING, unit)
  stop(id, unit)
end
local flight = FLIGHT..redis.call('HGET', record, 'cache_key')
local leader = redis.call('GET', flight)
if leader then redis.call('SREM', FOLLOWERS..leader, id) end
local heir = oldest_follower(id)
if heir then inherit(heir, id, flight, place) end
return end_job(id, status, keep, 0)
