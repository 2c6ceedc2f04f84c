-- The deliveries that were given up and whose jobs are still kept, the oldest first.
-- KEYS: JOB WEBHOOKS_FAILED
-- INCLUDE: jobs/webhooks
-- ANSWER: {the job, the host, why, when} of each

local found = {}
for _, id in ipairs(redis.call('ZRANGE', WEBHOOKS_FAILED, 0, -1)) do
  local url = redis.call('HGET', JOB..id, 'callback_url')
  if url then
    local at = redis.call('ZSCORE', WEBHOOKS_FAILED, id)
    table.insert(found, {id, host_of(url), redis.call('HGET', JOB..id, 'callback_failure') or '', at})
  else
    redis.call('ZREM', WEBHOOKS_FAILED, id)
  end
end
return found
