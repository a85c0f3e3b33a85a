"""The command line: one file a command. Data goes to stdout, everything else to stderr."""

import os

# Before NumPy is loaded. A probe against a list is a small product: dealt out over cores it waits
# for those that cameras work on, many times as long as it takes on one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from overt.cli.app import main  # NumPy reads the variable once, when it is loaded

__all__ = ["main"]
