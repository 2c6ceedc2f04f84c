-- tell(job, event, page) notes what has happened to a job, and announces it. Each event is told once, by the command
-- that changes the state.
-- KEYS: JOB EVENTS TOLD

local function tell(id, event, page)
  local status, done, total, failure = unpack(redis.call('HMGET', JOB..id, 'status', 'done', 'total', 'error'))
  local data = {job_id = id, status = status, page = page and tonumber(page)}
  data.progress = {done = tonumber(done), total = tonumber(total) or cjson.null}
  local error = failure and cjson.decode(failure)
  data.error = error and {code = error.code, message = error.message, retryable = error.retryable} or nil
  redis.call('XADD', EVENTS..id, '*', 'event', event, 'data', cjson.encode(data))
  redis.call('PUBLISH', TOLD, id)
end
