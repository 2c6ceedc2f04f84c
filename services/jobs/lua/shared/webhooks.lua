-- Which jobs are to be told to the address that their client named; services/publishers sends what is put down here.
-- call_back(job) queues what there is to tell, aim(host) keeps the time right at which a host is due.
--
-- KEYS: JOB WEBHOOKS WEBHOOKS_DUE WEBHOOKS_SENDING WEBHOOKS_FAILED
-- INCLUDE: redis/now

local function host_of(url) return string.match(url, '^%a+://%[([^%]]+)') or string.match(url, '^%a+://([^:/?]+)') end

local function aim(host)
  local first = redis.call('ZRANGE', WEBHOOKS_DUE..host, 0, 0, 'WITHSCORES')
  if first[2] then redis.call('ZADD', WEBHOOKS, first[2], host) else redis.call('ZREM', WEBHOOKS, host) end
end

local function call_back(id)
  local url = redis.call('HGET', JOB..id, 'callback_url')
  if not url then return 0 end
  redis.call('HDEL', JOB..id, 'callback_tries', 'callback_failure')
  redis.call('ZREM', WEBHOOKS_FAILED, id)
  redis.call('ZREM', WEBHOOKS_SENDING..host_of(url), id)
  redis.call('ZADD', WEBHOOKS_DUE..host_of(url), now(), id)
  aim(host_of(url))
  return 1
end
