"""Where a person corrects a system: the terminal UI."""
