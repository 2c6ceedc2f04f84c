"""In which order units are taken: start-time fair queueing, in Lua, inside the scripts that change the states.

Goyal, Vin and Cheng, "Start-time Fair Queuing", SIGCOMM 1996. A flow is what one client wants of one kind, pictures or
documents. A unit's start tag is the end tag of the one before it in its flow, or the virtual time where that is later;
its end tag is so many pages more; the unit with the least start tag is next. So of two flows that wait neither gets
ahead of the other by more than a unit, whatever either has queued: a picture waits for one unit of a long document, and
a client with one file not for the thousand of another.

Here the virtual time is half a page beyond the start tag of the last unit taken, rather than that tag: it never stands
still, so that new clients, however many come, cannot put off for ever what waits already. Units of one tag are taken
as they came: a count of all that came is added to the tag, as a fraction that stays below the half.

A unit that a job of another flow waits for too stands where that flow's own would: who sends what somebody else has
sent at the end of a thousand files does not wait for the thousand.

Pictures in memory only, whose clients wait, have tags below all others, by the time that they came; what comes back
from a pause or a lost worker has waited already, and stands between the two.

Keys: `waiting` units by their tags, `arrived` the same by the time they came (sorted sets) · `queued` jobs of which
nothing was taken yet and that may be refused (set) · `flows` end tags (sorted set) · `virtual` the virtual time and the
count (hash).
"""

from __future__ import annotations

FUNCTIONS = """
local function job_of(unit) return string.match(unit, '^[^:]+') end
local function pages_of(unit) return tonumber(string.match(unit, ':(%d+)$')) or 1 end
local function flow_of(unit) return redis.call('HGET', P..'job:'..job_of(unit), 'flow') end
local function virtual() return tonumber(redis.call('HGET', P..'virtual', 'tag') or 0) end
local function counted(tag) return tag + redis.call('HINCRBY', P..'virtual', 'count', 1) % 2^19 * 2^-20 end
local function start_tag(flow) return math.max(virtual(), tonumber(redis.call('ZSCORE', P..'flows', flow) or 0)) end
local function stand(unit, tag, flow)
  redis.call('ZADD', P..'waiting', flow and counted(tag) or now() - 1e10, unit)
  redis.call('ZADD', P..'arrived', now(), unit)
  local begun = unit ~= job_of(unit) or redis.call('HGET', P..'job:'..unit, 'status') ~= 'queued'
  if flow and not begun then redis.call('SADD', P..'queued', unit) end
end
local function wait_turn(unit)
  if redis.call('ZSCORE', P..'waiting', unit) then return end
  local flow = flow_of(unit)
  local tag = flow and start_tag(flow)
  if flow then redis.call('ZADD', P..'flows', tag + pages_of(unit), flow) end
  stand(unit, tag, flow)
end
local function bring_forward(unit, flow)
  local place, tag = redis.call('ZSCORE', P..'waiting', unit), start_tag(flow)
  if not place or tonumber(place) <= tag + 0.5 then return end
  redis.call('ZADD', P..'waiting', counted(tag), unit)
  redis.call('ZADD', P..'flows', tag + pages_of(unit), flow)
end
local function go_first(unit)
  if not redis.call('ZSCORE', P..'waiting', unit) then stand(unit, virtual() - 1, flow_of(unit)) end
end
local function leave(unit)
  redis.call('ZREM', P..'arrived', unit) redis.call('SREM', P..'queued', unit)
end
local function give_way(unit)
  if redis.call('ZREM', P..'waiting', unit) == 0 then return end
  leave(unit)
  local flow = flow_of(unit)
  if flow then redis.call('ZADD', P..'flows', 'XX', 'INCR', -pages_of(unit), flow) end
end
local function take_next()
  local unit, tag = unpack(redis.call('ZPOPMIN', P..'waiting'))
  if not unit then return nil end
  leave(unit)
  local time = math.floor(2 * tag) / 2 + 0.5
  if time > virtual() then
    redis.call('HSET', P..'virtual', 'tag', time)
    redis.call('ZREMRANGEBYSCORE', P..'flows', '-inf', time)
  end
  return unit
end
"""
"""They need `P` and `now` of the scripts' prelude. `give_way` takes a unit out that is not wanted any more.
`bring_forward` has a unit stand where another flow's would, which pays for it, unless it stands before that already."""

AHEAD = """
local id, key, most, typical = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
id = key ~= '' and redis.call('GET', P..'flight:'..key) or id
local total, done, own = unpack(redis.call('HMGET', P..'job:'..id, 'total', 'done', 'units'))
local before
for unit in string.gmatch(own or id, '%S+') do
  local rank = redis.call('ZRANK', P..'waiting', unit)
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
  local units = walked > 0 and redis.call('ZRANGE', P..'waiting', 0, walked - 1) or {}
  for _, unit in ipairs(units) do add(unit, 1) end
  if before > most then pages = pages * before / most end
  for _, unit in ipairs(redis.call('ZRANGE', P..'running', 0, -1)) do add(unit, 0.5) end
end
return {tostring(pages), total or '', done or '0'}
"""
"""Pages that are read before the last of a job's units is taken, those of other jobs: of what runs, half is taken as
done. A document that is still to be opened counts as `typical` pages. Beyond `most` units the mean is taken."""
