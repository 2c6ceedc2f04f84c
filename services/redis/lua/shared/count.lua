-- count(metric, label) adds one to a series of services.redis.counters, in the step in which that happens.
-- KEYS: METRICS

local function count(metric, label) redis.call('HINCRBY', METRICS, metric..'|'..label, 1) end
