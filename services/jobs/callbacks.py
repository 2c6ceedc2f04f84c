"""Which jobs are to be told to the address that their client named; for the scripts that end jobs.

Keys: see `services.publishers.deliveries`, which sends what is put down here.
"""

FUNCTIONS = """
local function host_of(url) return string.match(url, '^%a+://%[([^%]]+)') or string.match(url, '^%a+://([^:/?]+)') end
local function aim(host)
  local first = redis.call('ZRANGE', P..'webhooks:due:'..host, 0, 0, 'WITHSCORES')
  if first[2] then redis.call('ZADD', P..'webhooks', first[2], host) else redis.call('ZREM', P..'webhooks', host) end
end
local function call_back(id)
  local url = redis.call('HGET', P..'job:'..id, 'callback_url')
  if not url then return 0 end
  redis.call('HDEL', P..'job:'..id, 'callback_tries', 'callback_failure')
  redis.call('ZREM', P..'webhooks:failed', id)
  redis.call('ZREM', P..'webhooks:sending:'..host_of(url), id)
  redis.call('ZADD', P..'webhooks:due:'..host_of(url), now(), id)
  aim(host_of(url))
  return 1
end
"""
