"""One module a part; see `deploy.verify`."""
