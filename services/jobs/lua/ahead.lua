-- How much is read before the last of a job's units is taken. Of what runs, half is taken as done. A document that is
-- still to be opened counts as so many pages as is typical. Beyond the most units that are looked at the mean is taken.
-- A job that waits for another's result ends with that one.
-- KEYS: JOB FLIGHT WAITING RUNNING
-- INCLUDE: jobs/units
-- ARGV: the job, its cache key or an empty text, the most waiting units to look at, pages of a typical document
-- ANSWER: {pages of other jobs, its own or an empty text, those of them that were read}

local id, key, most, typical = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
id = key ~= '' and redis.call('GET', FLIGHT..key) or id
local total, done, own = unpack(redis.call('HMGET', JOB..id, 'total', 'done', 'units'))
local before
for unit in string.gmatch(own or id, '%S+') do
  local rank = redis.call('ZRANK', WAITING, unit)
  if rank and rank > (before or -1) then before = rank end
end
local pages = 0
local function add(unit, share)
  if job_of(unit) == id then return end
  local long = typical > 1 and unit == job_of(unit) and string.match(flow_of(unit) or '', '/document$')
  pages = pages + share * (long and typical or pages_of(unit))
end
if before then
  local walked = math.min(before, most)
  local units = walked > 0 and redis.call('ZRANGE', WAITING, 0, walked - 1) or {}
  for _, unit in ipairs(units) do add(unit, 1) end
  if before > most then pages = pages * before / most end
  for _, unit in ipairs(redis.call('ZRANGE', RUNNING, 0, -1)) do add(unit, 0.5) end
end
return {tostring(pages), total or '', done or '0'}
