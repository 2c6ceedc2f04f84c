-- One job computes what several wait for. leader_of(key, job) is the other that computes this cache key, or nil.
-- lead_or_follow(job, key, leader) queues a job or has it wait for that one; `lead` or `follow`.
-- KEYS: FLIGHT FOLLOWERS
-- INCLUDE: jobs/states jobs/units jobs/fair_queue

local function leader_of(key, id)
  local leader = key ~= '' and redis.call('GET', FLIGHT..key)
  return leader and leader ~= id and open(leader) and leader or nil
end

local function lead_or_follow(id, key, leader)
  if leader then
    redis.call('SADD', FOLLOWERS..leader, id)
    bring_forward(leader, flow_of(id))
    return 'follow'
  end
  if key ~= '' then redis.call('SET', FLIGHT..key, id) end
  wait_turn(id)
  return 'lead'
end
