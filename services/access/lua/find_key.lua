-- Tells what is known of an API key, and notes now and then that it is used.
-- KEYS: API_KEY
-- INCLUDE: redis/now
-- ARGV: the id of the key, its SHA-256, seconds after which its use is noted again
-- ANSWER: the fields of its record and their values; empty where no key has this hash

local record, hash, coarse = API_KEY..ARGV[1], ARGV[2], tonumber(ARGV[3])
if redis.call('HGET', record, 'sha256') ~= hash then return {} end
local t, used = now(), tonumber(redis.call('HGET', record, 'used_at') or 0)
if t - used >= coarse then redis.call('HSET', record, 'used_at', t) end
return redis.call('HGETALL', record)
