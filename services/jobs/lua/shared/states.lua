-- open(job) is the status of a job that has not ended, or nil.
-- KEYS: JOB

local function open(id)
  local status = redis.call('HGET', JOB..id, 'status')
  return (status == 'queued' or status == 'processing') and status or nil
end
