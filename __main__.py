"""`python -m cotsmith`."""

from .cli import main

main()
