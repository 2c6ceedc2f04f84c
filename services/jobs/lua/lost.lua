-- Which units' lease has run out.
-- KEYS: RUNNING
-- INCLUDE: redis/now
-- ANSWER: the units

return redis.call('ZRANGEBYSCORE', RUNNING, '-inf', now())
