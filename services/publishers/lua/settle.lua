-- Ends a try of a delivery, unless another has taken it over by now, or the job has ended anew. The address is
-- forgotten when it was told, but for that of a failed job, which may be run again.
-- KEYS: JOB WEBHOOKS_DUE WEBHOOKS_SENDING WEBHOOKS_FAILED
-- INCLUDE: redis/now jobs/webhooks
-- ARGV: the job, the host, the lease, what came of it: `delivered`, `dropped`, `unwanted`, `failed`, or in how many
--   seconds it is tried again, then why it failed
-- ANSWER: 1 if it was settled, or 0

local id, host, lease, fate, word = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local record, due, sending = JOB..id, WEBHOOKS_DUE..host, WEBHOOKS_SENDING..host
if redis.call('ZSCORE', sending, id) ~= lease then return 0 end
redis.call('ZREM', sending, id)
if redis.call('HEXISTS', record, 'callback_url') == 0 then return 0 end
if tonumber(fate) then
  redis.call('ZADD', due, now() + tonumber(fate), id)
else
  redis.call('ZREM', due, id)
  redis.call('HDEL', record, 'callback_tries')
end
if fate == 'failed' then
  redis.call('HSET', record, 'callback_failure', word)
  redis.call('ZADD', WEBHOOKS_FAILED, now(), id)
end
if fate == 'delivered' and redis.call('HGET', record, 'status') ~= 'failed' or fate == 'unwanted' then
  redis.call('HDEL', record, 'callback_url')
end
aim(host)
return 1
