-- now() is the time in seconds since the epoch, by the clock that all machines share.

local function now() local t = redis.call('TIME') return tonumber(t[1]) + tonumber(t[2]) / 1e6 end
