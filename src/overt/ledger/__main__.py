"""`python -m overt.ledger EXPORT --key KEY`: check an export with a minimal install.

The same check as `overt verify`, for those who want to install as little as can be: it needs
Python and the package `cryptography`, no camera, model, database or network.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from overt.errors import LedgerError
from overt.ledger.keys import VerifierKey
from overt.ledger.note import Note
from overt.ledger.verify import verify_export


def main() -> int:
    """Check, and say what was found. Exit code 0 whole, 1 not, 2 misused."""
    parser = argparse.ArgumentParser(prog="python -m overt.ledger", description=__doc__)
    parser.add_argument("export", type=Path)
    parser.add_argument("--key", action="append", required=True, help="the log's public key")
    parser.add_argument("--against", type=Path, help="a checkpoint kept from before")
    given = parser.parse_args()
    try:
        kept = None if given.against is None else Note.parse(given.against.read_bytes())
        keys = [VerifierKey.parse(text) for text in given.key]
        verified = verify_export(given.export, keys=keys, against=kept, witnesses=None)
    except LedgerError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    sys.stdout.write(f"ok: {verified.origin}, {verified.size} events, root {verified.root.hex()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
