"""What is told to others about jobs."""
