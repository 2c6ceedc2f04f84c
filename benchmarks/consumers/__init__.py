"""Which programs find in our artifacts what was read, kind of page by kind of artifact."""
