"""The connection to Redis or Valkey, the names of keys and the scripts that run inside it."""
