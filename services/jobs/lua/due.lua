-- Queues the units whose rest is over.
-- KEYS: RETRY
-- INCLUDE: redis/now jobs/fair_queue jobs/leases
-- ANSWER: how many

local units = redis.call('ZRANGEBYSCORE', RETRY, '-inf', now())
for _, unit in ipairs(units) do drop(unit) go_first(unit) end
return #units
