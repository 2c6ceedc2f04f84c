-- How many messages a queue lacks for the units that wait, once one of those has waited long; asked again within that
-- time, none.
-- KEYS: WAITING ARRIVED CALLED_AGAIN
-- INCLUDE: redis/now
-- ARGV: the key of the queue, after how many seconds
-- ANSWER: how many, 1000 at most

local queue, age = ARGV[1], tonumber(ARGV[2])
local missing = redis.call('ZCARD', WAITING) - redis.call('LLEN', queue)
if missing <= 0 or redis.call('ZCOUNT', ARRIVED, '-inf', now() - age) == 0 then return 0 end
if not redis.call('SET', CALLED_AGAIN, 1, 'NX', 'EX', math.ceil(age)) then return 0 end
return math.min(missing, 1000)
