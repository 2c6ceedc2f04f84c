-- What a unit's name and its job's record tell of it, see services/jobs/units.py: job_of(unit), pages_of(unit), and
-- flow_of(unit), which is nil for jobs in memory.
-- KEYS: JOB

local function job_of(unit) return string.match(unit, '^[^:]+') end
local function pages_of(unit) return tonumber(string.match(unit, ':(%d+)$')) or 1 end
local function flow_of(unit) return redis.call('HGET', JOB..job_of(unit), 'flow') end
