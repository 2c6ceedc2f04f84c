"""The state changes of jobs, each one atomic. They run inside Redis, by its clock.

A client whose connection breaks before the answer came sends its command again: running a script twice in a row has to
do what running it once does.

Keys: `job:<id>` the record (hash) · `pages:<id>` pages read so far (hash) · `waiting` units that nobody runs, see
`services.jobs.order` · `running`, `retry` units by the time their lease ends, they are due (sorted sets) · `holders`
who runs a unit and since when (hash) · `failed` jobs that failed by the service's fault, by the time (sorted set) ·
`flight:<key>` the job that computes a cache key · `cache:<key>` the job that holds its result · `followers:<id>` jobs
that wait for the result of another · `settling` jobs whose followers are still to be told · `expiry` jobs by the time
their files go · `leaving:<worker>` a worker that was told to end · `states` how many jobs are queued and processing ·
`metrics` see `services.operations.metrics` · `stops:<worker>`, `stopping:<holder>` see `services.jobs.stops` ·
`owner:<hash>` see `services.jobs.owned` · `key:<hash>` see `services.jobs.idempotency` · `events:<id>` what has
happened to a job, in order (stream); it lives as long as the record. Each event is told once, by the script that
changes the state, and announced on the channel `told` · `webhooks...` see `services.publishers.deliveries` ·
`called_again`, `turn:<work>` what need not be done again for a while.

PRELUDE is what all scripts share. They are in `coming`, `running` and `ending`, by where a job is in its life, and in
the modules of which they are part.
"""

from __future__ import annotations

from services.jobs import callbacks, idempotency, order
from services.jobs.scripts import coming, ending, running

PRELUDE = (
    """
local P = 'ocr:'
local function now() local t = redis.call('TIME') return tonumber(t[1]) + tonumber(t[2]) / 1e6 end
local function open(id)
  local status = redis.call('HGET', P..'job:'..id, 'status')
  return (status == 'queued' or status == 'processing') and status or nil
end
"""
    + order.FUNCTIONS
    + idempotency.FUNCTIONS
    + callbacks.FUNCTIONS
    + """
local function drop(unit)
  give_way(unit) redis.call('ZREM', P..'running', unit) redis.call('ZREM', P..'retry', unit)
  redis.call('HDEL', P..'holders', unit)
end
local function let_go(holder)
  if redis.call('GET', P..'stopping:'..holder) == 'doomed' then return false end
  redis.call('DEL', P..'stopping:'..holder)
  return true
end
local function forget(id)
  local listed, key = unpack(redis.call('HMGET', P..'job:'..id, 'listed', 'idempotency'))
  if listed then redis.call('ZREM', P..'owner:'..listed, id) end
  if key and claimed_by(key) == id then redis.call('DEL', P..'key:'..key) end
end
local function enlist(id)
  local listed, made = unpack(redis.call('HMGET', P..'job:'..id, 'listed', 'created_at'))
  if listed then redis.call('ZADD', P..'owner:'..listed, made, id) end
end
local function tell(id, event, page)
  local status, done, total, failure = unpack(redis.call('HMGET', P..'job:'..id, 'status', 'done', 'total', 'error'))
  local data = {job_id = id, status = status, page = page and tonumber(page)}
  data.progress = {done = tonumber(done), total = tonumber(total) or cjson.null}
  local error = failure and cjson.decode(failure)
  data.error = error and {code = error.code, message = error.message, retryable = error.retryable} or nil
  redis.call('XADD', P..'events:'..id, '*', 'event', event, 'data', cjson.encode(data))
  redis.call('PUBLISH', P..'told', id)
end
local function leader_of(key, id)
  local leader = key ~= '' and redis.call('GET', P..'flight:'..key)
  return leader and leader ~= id and open(leader) and leader or nil
end
local function lead_or_follow(id, key, leader)
  if leader then
    redis.call('SADD', P..'followers:'..leader, id)
    bring_forward(leader, flow_of(id))
    return 'follow'
  end
  if key ~= '' then redis.call('SET', P..'flight:'..key, id) end
  wait_turn(id)
  return 'lead'
end
"""
)

ALL = {
    name: PRELUDE + text
    for name, text in {
        "reserve": idempotency.RESERVE,
        "unreserve": idempotency.UNRESERVE,
        "accept": coming.ACCEPT,
        "add_completed": coming.ADD_COMPLETED,
        "ahead": order.AHEAD,
        "next": running.NEXT,
        "split": running.SPLIT,
        "set_total": running.SET_TOTAL,
        "save_page": running.SAVE_PAGE,
        "release": running.RELEASE,
        "rest": running.REST,
        "renew": running.RENEW,
        "lost": running.LOST,
        "requeue_lost": running.REQUEUE_LOST,
        "due": running.DUE,
        "forgotten": running.FORGOTTEN,
        "finish": ending.FINISH,
        "cancel": ending.HAND_OVER + ending.FINISH,
        "finish_follower": ending.STILL_FOLLOWS + ending.FINISH,
        "settled": ending.SETTLED,
        "rerun": ending.RERUN,
        "erase": ending.ERASE,
        "bury": ending.BURY,
    }.items()
}
