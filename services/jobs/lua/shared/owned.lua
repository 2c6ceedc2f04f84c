-- enlist(job) puts a job on its owner's list; forget(job) takes it from there, and frees its Idempotency-Key.
-- KEYS: JOB OWNER CLAIM
-- INCLUDE: jobs/claims

local function forget(id)
  local listed, key = unpack(redis.call('HMGET', JOB..id, 'listed', 'idempotency'))
  if listed then redis.call('ZREM', OWNER..listed, id) end
  if key and claimed_by(key) == id then redis.call('DEL', CLAIM..key) end
end

local function enlist(id)
  local listed, made = unpack(redis.call('HMGET', JOB..id, 'listed', 'created_at'))
  if listed then redis.call('ZADD', OWNER..listed, made, id) end
end
