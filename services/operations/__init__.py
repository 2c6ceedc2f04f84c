"""What operators see and do: health, metrics, diagnosis, probes, failed jobs, webhooks that were given up."""
