"""The checks: one class in one file for each fault."""
