"""What is wrong with a system: checks, findings, fixes."""
