"""Everything on one machine: embedded Valkeys, the worker and the web server as children of one process.

`run` takes the children in the order in which they start; they stop in the reverse order. Nothing of them outlives
the supervisor, not even a supervisor that was killed: each starts through `utils.processes`, in a session of its own,
and what they fork calls `die_with_parent`.
"""

from services.embedded.alone import alone
from services.embedded.broker import binary, redis_url, spool, spool_url, valkey
from services.embedded.checks import CannotStart
from services.embedded.child import Child, address, http_ok
from services.embedded.supervisor import run

__all__ = [
    "CannotStart",
    "Child",
    "address",
    "alone",
    "binary",
    "http_ok",
    "redis_url",
    "run",
    "spool",
    "spool_url",
    "valkey",
]
