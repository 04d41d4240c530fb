"""Runs the command line: `python -m localcloud`."""

from localcloud.cli import main

if __name__ == "__main__":
    main()
