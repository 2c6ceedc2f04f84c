-- What a job costs of its tenant's pages of the day on which it came, which its record names (`quota_day`).
-- reserve(job, pages) has so many reserved for it in all; false if the tenant has not as many left. charge(job, pages)
-- is what it has cost in the end: what was reserved beyond that is given back, and nothing is reserved any more.
-- bequeath(job, heir) has another job of the tenant go on with what is reserved for this one.
-- KEYS: JOB QUOTA TENANTS

local QUOTA_KEPT = 3 * 86400

local function quota_name(id)
  local owner, day = unpack(redis.call('HMGET', JOB..id, 'owner', 'quota_day'))
  return day and QUOTA..owner..':'..day
end

local function reserve(id, pages)
  local name = quota_name(id)
  local had = tonumber(redis.call('HGET', JOB..id, 'reserved') or 0)
  if not name or pages <= had then return true end
  local limit = tonumber(redis.call('HGET', JOB..id, 'quota_limit') or 0)
  if limit > 0 and tonumber(redis.call('GET', name) or 0) + pages - had > limit then return false end
  redis.call('INCRBY', name, pages - had)
  redis.call('EXPIRE', name, QUOTA_KEPT)
  redis.call('ZADD', TENANTS, 0, redis.call('HGET', JOB..id, 'owner'))
  redis.call('HSET', JOB..id, 'reserved', pages)
  return true
end

local function charge(id, pages)
  local name = quota_name(id)
  local back = tonumber(redis.call('HGET', JOB..id, 'reserved') or 0) - pages
  if name and back > 0 and redis.call('EXISTS', name) == 1 then redis.call('DECRBY', name, back) end
  redis.call('HDEL', JOB..id, 'quota_day', 'quota_limit', 'quota_reset', 'reserved')
end

local function bequeath(id, heir)
  local reserved = redis.call('HGET', JOB..id, 'reserved')
  if not reserved then return end
  for _, field in ipairs({'quota_day', 'quota_limit', 'quota_reset', 'reserved'}) do
    redis.call('HSET', JOB..heir, field, redis.call('HGET', JOB..id, field) or '')
  end
  redis.call('HDEL', JOB..id, 'quota_day', 'quota_limit', 'quota_reset', 'reserved')
end
