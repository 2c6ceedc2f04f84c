-- A unit is done, though its job may not be.
-- KEYS: HOLDERS
-- INCLUDE: jobs/leases
-- ARGV: the unit, who held it
-- ANSWER: 1, or 0 if another holds it by now

local unit, holder = ARGV[1], ARGV[2]
let_go(holder)
if string.match(redis.call('HGET', HOLDERS, unit) or '', '^(.+)|') ~= holder then return 0 end
drop(unit)
return 1
