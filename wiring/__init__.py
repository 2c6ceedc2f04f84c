"""The composition roots: settings in, wired processes out."""
