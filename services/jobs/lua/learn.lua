-- Takes measurements into exponentially weighted means.
-- KEYS: PACE
-- ARGV: what one more measurement counts in a mean, then for each mean its field, what was measured, and for how many
-- ANSWER: nothing

local weight = tonumber(ARGV[1])
for i = 2, #ARGV, 3 do
  local field, value, count = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  local mean = tonumber(redis.call('HGET', PACE, field) or value)
  redis.call('HSET', PACE, field, tostring(mean + (1 - (1 - weight) ^ count) * (value - mean)))
end
