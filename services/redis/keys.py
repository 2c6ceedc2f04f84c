"""The names of all that the service keeps in Redis, in one place for Python and Lua (see `services.redis.scripts`).

What ends in a colon is the beginning of many names: `JOB + job_id` is one. Stored data are found by these names, so one
that changes leaves behind what an earlier version has stored. Celery's and the rate limits' keys belong to those
libraries.
"""

from __future__ import annotations

# A job
JOB = "ocr:job:"
"""+ job: its record (hash)."""
PAGES = "ocr:pages:"
"""+ job: the pages read so far, by number (hash)."""
EVENTS = "ocr:events:"
"""+ job: what has happened to it, in order (stream); it lives as long as the record."""
TOLD = "ocr:told"
"""The channel on which each job is named to which something has happened; `*` concerns all that is followed."""
OWNER = "ocr:owner:"
"""+ hash of an owner: the owner's jobs by the time they were made (sorted set)."""
CLAIM = "ocr:key:"
"""+ hash of owner and Idempotency-Key: `<job>|<hash of the payload>`, see `services.jobs.idempotency`."""
EXPIRY = "ocr:expiry"
"""Jobs by the time their files go (sorted set)."""
STATES = "ocr:states"
"""How many jobs are queued and processing (hash)."""
FAILED = "ocr:failed"
"""Jobs that failed by the service's fault, by the time of that (sorted set)."""

# One result for many jobs
CACHE = "ocr:cache:"
"""+ cache key: the job that holds its result."""
FLIGHT = "ocr:flight:"
"""+ cache key: the job that computes it at present."""
FOLLOWERS = "ocr:followers:"
"""+ job: the jobs that wait for its result (set)."""
SETTLING = "ocr:settling"
"""Ended jobs whose followers are still to be told (set)."""

# Units of work; `services/jobs/lua/shared/fair_queue.lua` has their order
WAITING = "ocr:waiting"
"""Units that nobody runs, by their tags (sorted set)."""
ARRIVED = "ocr:arrived"
"""The same by the time they came (sorted set)."""
QUEUED = "ocr:queued"
"""Jobs of which nothing was taken yet and that may be refused (set)."""
FLOWS = "ocr:flows"
"""The flows' end tags (sorted set)."""
VIRTUAL = "ocr:virtual"
"""The virtual time, `tag`, and how many units came, `count` (hash)."""
RUNNING = "ocr:running"
"""Units by the time their lease ends (sorted set)."""
HOLDERS = "ocr:holders"
"""Who runs a unit and since when: `<worker>/<pid>|<seconds>` (hash)."""
RETRY = "ocr:retry"
"""Units that rest, by the time they are due (sorted set)."""
CALLED_AGAIN = "ocr:called_again"
"""There while the messages that the queue lacked need not be sent once more."""

# Workers
WORKERS = "ocr:workers"
"""What each worker tells of itself (hash)."""
LOADED = "ocr:loaded:"
"""+ worker: the processes that have their models (set)."""
LEAVING = "ocr:leaving:"
"""+ worker: there when it was told to end."""
STOPS = "ocr:stops:"
"""+ worker: what its processes are to leave (list), see `services.jobs.stops`."""
STOPPING = "ocr:stopping:"
"""+ worker/pid: the job that this process is still to leave, or `doomed`."""
TURN = "ocr:turn:"
"""+ a kind of work: there while nobody else need do it."""

# Webhooks, see `services.publishers.deliveries`
WEBHOOKS = "ocr:webhooks"
"""Hosts by when their next delivery is due (sorted set)."""
WEBHOOKS_DUE = "ocr:webhooks:due:"
"""+ host: jobs by when they are due, or their lease ends (sorted set)."""
WEBHOOKS_SENDING = "ocr:webhooks:sending:"
"""+ host: jobs that are being told, by when their lease ends (sorted set)."""
WEBHOOKS_FAILED = "ocr:webhooks:failed"
"""Jobs by when their delivery was given up (sorted set)."""

# Figures
METRICS = "ocr:metrics"
"""What was counted: a series a field, `<metric>|<label>|<label>` (hash)."""
TENANT_METRICS = "ocr:metrics:"
"""+ tenant: the same series, of its requests alone (hash)."""
PACE = "ocr:pace"
"""How fast work has gone lately, see `services.jobs.pace` (hash)."""

# Who calls, see `services.access`
API_KEY = "ocr:apikey:"
"""+ id of an API key: what is known of it (hash)."""
TENANT = "ocr:tenant:"
"""+ tenant: what the operator has set for it (hash)."""
TENANTS = "ocr:tenants"
"""Tenants of whom a key was made, something set, or pages read (sorted set, all of score 0)."""
TENANTS_KNOWN = "ocr:tenants:known"
"""There once those of earlier versions are among them."""
QUOTA = "ocr:quota:"
"""+ tenant + `:` + day: pages reserved and read of that day."""
TICKET = "ocr:ticket:"
"""+ hash of a ticket: who it was made for, for a minute."""
JWKS = "ocr:jwks:"
"""+ hash of an address: the public keys that were fetched there last, in base 64."""
API_KEYS = "ocr:apikeys"
"""The ids of all API keys (set)."""

# In the server that keeps nothing
SPOOL = "ocr:spool:"
"""+ job and what of it: bytes that must not touch a disk."""
