-- Tries a delivery that was given up as if it were new.
-- KEYS: WEBHOOKS_FAILED
-- INCLUDE: jobs/webhooks
-- ARGV: the job
-- ANSWER: 1, or 0 if there is none for this job

if not redis.call('ZSCORE', WEBHOOKS_FAILED, ARGV[1]) then return 0 end
return call_back(ARGV[1])
