"""Measuring what this package does, on a local chain that the benchmark fills through the real contracts."""
