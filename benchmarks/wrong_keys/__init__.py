"""Right keys beside a crowd of wrong ones: over HTTP, and below it, where many more go into the same time."""
