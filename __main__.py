"""`python -m cotsmith`, and the command `cotsmith`: stopped while it starts, it says so instead of where it was."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from .cli import main as command_line

        command_line()
    except KeyboardInterrupt:
        sys.stderr.write("error: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
