"""What the benchmarks share: data, contestants in processes of their own, rounds, scores, reports."""
