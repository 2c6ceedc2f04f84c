"""Ways to run the service for others, and what proves that they work."""
