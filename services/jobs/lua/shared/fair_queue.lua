-- In which order units are taken: start-time fair queueing.
--
-- Goyal, Vin and Cheng, "Start-time Fair Queuing", SIGCOMM 1996. A flow is what one client wants of one kind, pictures
-- or documents. A unit's start tag is the end tag of the one before it in its flow, or the virtual time where that is
-- later; its end tag is so many pages more; the unit with the least start tag is next. So of two flows that wait
-- neither gets ahead of the other by more than a unit, whatever either has queued: a picture waits for one unit of a
-- long document, and a client with one file not for the thousand of another.
--
-- Here the virtual time is half a page beyond the start tag of the last unit taken, rather than that tag: it never
-- stands still, so that new clients, however many come, cannot put off for ever what waits already. Units of one tag
-- are taken as they came: a count of all that came is added to the tag, as a fraction that stays below the half.
--
-- A unit that a job of another flow waits for too stands where that flow's own would: who sends what somebody else has
-- sent at the end of a thousand files does not wait for the thousand.
--
-- Pictures in memory only, whose clients wait, have tags below all others, by the time that they came; what comes back
-- from a pause or a lost worker has waited already, and stands between the two.
--
-- wait_turn(unit) queues a unit, go_first(unit) one that comes back, take_next() takes the next out. give_way(unit)
-- takes one out that is not wanted any more. bring_forward(unit, flow) has a unit stand where another flow's would,
-- which pays for it, unless it stands before that already.
--
-- KEYS: JOB WAITING ARRIVED QUEUED FLOWS VIRTUAL
-- INCLUDE: redis/now jobs/units

local function virtual() return tonumber(redis.call('HGET', VIRTUAL, 'tag') or 0) end
local function counted(tag) return tag + redis.call('HINCRBY', VIRTUAL, 'count', 1) % 2^19 * 2^-20 end
local function start_tag(flow) return math.max(virtual(), tonumber(redis.call('ZSCORE', FLOWS, flow) or 0)) end

local function stand(unit, tag, flow)
  redis.call('ZADD', WAITING, flow and counted(tag) or now() - 1e10, unit)
  redis.call('ZADD', ARRIVED, now(), unit)
  local begun = unit ~= job_of(unit) or redis.call('HGET', JOB..unit, 'status') ~= 'queued'
  if flow and not begun then redis.call('SADD', QUEUED, unit) end
end

local function wait_turn(unit)
  if redis.call('ZSCORE', WAITING, unit) then return end
  local flow = flow_of(unit)
  local tag = flow and start_tag(flow)
  if flow then redis.call('ZADD', FLOWS, tag + pages_of(unit), flow) end
  stand(unit, tag, flow)
end

local function bring_forward(unit, flow)
  local place, tag = redis.call('ZSCORE', WAITING, unit), start_tag(flow)
  if not place or tonumber(place) <= tag + 0.5 then return end
  redis.call('ZADD', WAITING, counted(tag), unit)
  redis.call('ZADD', FLOWS, tag + pages_of(unit), flow)
end

local function go_first(unit)
  if not redis.call('ZSCORE', WAITING, unit) then stand(unit, virtual() - 1, flow_of(unit)) end
end

local function leave(unit)
  redis.call('ZREM', ARRIVED, unit) redis.call('SREM', QUEUED, unit)
end

local function give_way(unit)
  if redis.call('ZREM', WAITING, unit) == 0 then return end
  leave(unit)
  local flow = flow_of(unit)
  if flow then redis.call('ZADD', FLOWS, 'XX', 'INCR', -pages_of(unit), flow) end
end

local function take_next()
  local unit, tag = unpack(redis.call('ZPOPMIN', WAITING))
  if not unit then return nil end
  leave(unit)
  local time = math.floor(2 * tag) / 2 + 0.5
  if time > virtual() then
    redis.call('HSET', VIRTUAL, 'tag', time)
    redis.call('ZREMRANGEBYSCORE', FLOWS, '-inf', time)
  end
  return unit
end
