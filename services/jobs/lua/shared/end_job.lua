-- end_job(job, status, keep, cache_ttl, ...) ends a job, once, and counts it: 1, or 0 if it had ended before. It is
-- kept for so many seconds, its result for others for so many (0: not at all). The rest are fields of its record and
-- their values.
-- KEYS: JOB PAGES EXPIRY STATES FAILED CACHE FLIGHT FOLLOWERS SETTLING
-- INCLUDE: redis/now redis/count access/quota jobs/states jobs/leases jobs/events jobs/webhooks

-- What was read is paid for, but what failed by the service's fault.
local function cost(id, status)
  local done, total, lost = unpack(redis.call('HMGET', JOB..id, 'done', 'total', 'lost_pages'))
  if redis.call('HEXISTS', JOB..id, 'kept') == 1 then return 0 end
  if status == 'completed' then return math.max(tonumber(total or 1) - tonumber(lost or 0), 0) end
  return tonumber(done or 0)
end

local function end_job(id, status, keep, cache_ttl, ...)
  local before = open(id)
  if not before then return 0 end
  redis.call('HINCRBY', STATES, before, -1)
  local t, record = now(), JOB..id
  redis.call('HSET', record, 'status', status, 'ended_at', t, 'expires_at', t + keep, ...)
  redis.call('ZADD', EXPIRY, t + keep, id)
  if redis.call('HEXISTS', record, 'kept') == 1 and redis.call('HEXISTS', record, 'in_memory') == 0 then
    redis.call('ZADD', FAILED, t, id)
  end
  charge(id, cost(id, status))
  count('ocr_jobs', status)
  count('ocr_tenant_jobs|'..redis.call('HGET', record, 'owner'), status)
  drop(id)
  for unit in string.gmatch(redis.call('HGET', record, 'units') or '', '%S+') do drop(unit) end
  redis.call('HDEL', record, 'password', 'units')
  redis.call('DEL', PAGES..id)
  local key = redis.call('HGET', record, 'cache_key')
  if redis.call('GET', FLIGHT..key) == id then redis.call('DEL', FLIGHT..key) end
  if key ~= '' and status == 'completed' and cache_ttl > 0 then
    redis.call('SET', CACHE..key, id, 'EX', cache_ttl)
  end
  if redis.call('EXISTS', FOLLOWERS..id) == 1 then redis.call('SADD', SETTLING, id) end
  tell(id, 'job_'..status)
  call_back(id)
  return 1
end
