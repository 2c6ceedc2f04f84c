-- Takes the next delivery that is due, of a host that is not called too often already. It is due again when its lease
-- ends, unless it is settled; so is one whose claim was answered to nobody.
-- KEYS: JOB WEBHOOKS WEBHOOKS_DUE WEBHOOKS_SENDING
-- INCLUDE: redis/now jobs/webhooks
-- ARGV: seconds of the lease, how many to one host at once
-- ANSWER: {the job, the host, the number of the try, the lease}; nothing where none is due

local lease, most, t = tonumber(ARGV[1]), tonumber(ARGV[2]), now()
for _, host in ipairs(redis.call('ZRANGEBYSCORE', WEBHOOKS, '-inf', t)) do
  local due, sending = WEBHOOKS_DUE..host, WEBHOOKS_SENDING..host
  redis.call('ZREMRANGEBYSCORE', sending, '-inf', t)
  if redis.call('ZCARD', sending) < most then
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', t, 'LIMIT', 0, 100)) do
      if redis.call('HEXISTS', JOB..id, 'callback_url') == 1 then
        redis.call('ZADD', due, t + lease, id)
        redis.call('ZADD', sending, t + lease, id)
        aim(host)
        local tries = redis.call('HINCRBY', JOB..id, 'callback_tries', 1)
        return {id, host, tries, redis.call('ZSCORE', sending, id)}
      end
      redis.call('ZREM', due, id)
    end
    aim(host)
  end
end
