"""Speed and accuracy, measured. Each module is one command: `python -m benchmarks.accuracy --help`."""
