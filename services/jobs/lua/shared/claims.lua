-- Who has an Idempotency-Key, see services/jobs/idempotency.py: claimed_by(key) gives job and payload, is_claimed(key,
-- id) whether another job has it, claim(key, id, payload) gives it to a job.
-- KEYS: CLAIM

local function claimed_by(key)
  return string.match(key and redis.call('GET', CLAIM..key) or '', '^([^|]+)|(.*)$')
end

local function is_claimed(key, id)
  local by = key ~= '' and claimed_by(key)
  return by and by ~= id
end

local function claim(key, id, payload)
  if key ~= '' then redis.call('SET', CLAIM..key, id..'|'..payload) end
end
