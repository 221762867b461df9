"""`python -m touchstone` is `touchstone`."""

from touchstone.cli import main

main()
