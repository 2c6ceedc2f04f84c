-- Redeems a ticket, once: it is gone when this has answered.
-- KEYS: TICKET
-- ARGV: SHA-256 of the ticket
-- ANSWER: what it stands for, or nothing

local found = redis.call('GET', TICKET..ARGV[1])
redis.call('DEL', TICKET..ARGV[1])
return found
