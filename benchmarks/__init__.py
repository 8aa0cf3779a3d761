"""What `make bench` measures: ratios of two things timed in turn, which a busy machine does not change."""
