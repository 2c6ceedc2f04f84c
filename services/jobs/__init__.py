"""The life of a job: accepted, run by workers, ended once, kept for a while.

The record in Redis decides everything. A message in the queue is only a wake-up call, which names nothing: it may be
lost or come twice. A unit is `<job id>` or, for a range of pages of a long document, `<job id>:<n>-<m>`. At any
time a unit of a job that has not ended is waiting, running (somebody renews its lease) or resting before a retry.
"""
