"""Who calls: API keys, tokens of an issuer, tickets, and the tenants that callers belong to.

A caller is an `Identity`: a user of a tenant, with scopes. Everything that is kept belongs to a tenant, see
`services.jobs`. Keys are in Redis as ids and hashes; a process remembers for half a second whom it let in, so that
a revoked key is refused within a second.
"""
