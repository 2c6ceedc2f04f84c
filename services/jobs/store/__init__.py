"""Job records in Redis, a class for each who works with them. Their states are changed by scripts only, in one step.

`intake` takes jobs in, `queue` gives workers their units, `endings` ends jobs, `upkeep` keeps them alive and clears up,
`failures` is the operator's, `reader` looks at a job, and `figures` at all of them. Every method raises
BrokerUnavailable while the server is away.
"""
