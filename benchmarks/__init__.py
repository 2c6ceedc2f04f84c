"""Speed and accuracy, measured. Each module here is one command: `python -m benchmarks.accuracy --help`.

So is `documents`, which has a module for each kind of document. What the commands share is in `harness`; the software
that is measured beside ours is in `peers`, `zone_readers` and `invoice_readers`.
"""
