"""What the benchmarks share: classes, commands to time, processes to watch, figures."""
