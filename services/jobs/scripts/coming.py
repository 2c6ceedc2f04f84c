"""How jobs come in: to be done, or answered from the cache."""

from __future__ import annotations

ACCEPT = """
local id, key, expires, most, idempotency, payload = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]
if is_claimed(idempotency, id) then return 'claimed' end
if key ~= '' and redis.call('EXISTS', P..'cache:'..key) == 1 then return 'hit' end
if redis.call('EXISTS', P..'job:'..id) == 1 then return 'lead' end
local leader = leader_of(key, id)
if not leader and most > 0 and redis.call('SCARD', P..'queued') >= most then return 'full' end
redis.call('HINCRBY', P..'states', 'queued', 1)
redis.call('HSET', P..'job:'..id, unpack(ARGV, 7))
claim(idempotency, id, payload)
enlist(id)
tell(id, 'job_queued')
redis.call('ZADD', P..'expiry', expires, id)
return lead_or_follow(id, key, leader)
"""

ADD_COMPLETED = """
local id, expires, t, source, idempotency, payload = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local record = P..'job:'..id
if is_claimed(idempotency, id) then return 'claimed' end
if redis.call('EXISTS', record) == 1 then return 'added' end
redis.call('HSET', record, unpack(ARGV, 7))
claim(idempotency, id, payload)
enlist(id)
tell(id, 'job_queued')
redis.call('HSET', record, 'status', 'completed', 'ended_at', t, 'cached', 1)
local total = redis.call('HGET', P..'job:'..source, 'total')
if total then redis.call('HSET', record, 'done', total, 'total', total) end
redis.call('ZADD', P..'expiry', expires, id)
redis.call('HINCRBY', P..'metrics', 'ocr_jobs|completed', 1)
redis.call('HINCRBY', P..'metrics', 'ocr_cache|hit', 1)
tell(id, 'job_completed')
call_back(id)
return 'added'
"""
