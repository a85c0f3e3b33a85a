"""`python -m overt.ledger.cosign`: be a witness with a minimal install.

    python -m overt.ledger.cosign --folder FOLDER --begin NAME
    python -m overt.ledger.cosign --folder FOLDER --log KEY REQUEST > ANSWER

The same as `overt ledger witness begin` and `overt ledger cosign`: it needs Python and the package
`cryptography`, no camera, model, database or network.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from overt.clock import SystemClock
from overt.errors import LedgerError
from overt.ledger.keys import VerifierKey
from overt.ledger.request import WitnessRequest
from overt.ledger.witness_book import WitnessBook


def main() -> int:
    """Begin, or cosign. Exit code 0 done, 1 refused, 2 misused."""
    parser = argparse.ArgumentParser(prog="python -m overt.ledger.cosign", description=__doc__)
    parser.add_argument("request", type=Path, nargs="?", help="what the log asks")
    parser.add_argument("--folder", type=Path, required=True, help="the witness's own folder")
    parser.add_argument("--log", action="append", help="public key of a log that is watched")
    parser.add_argument("--begin", metavar="NAME", help="make a key of this name")
    given = parser.parse_args()
    if (given.begin is None) == (given.request is None) or (given.request and not given.log):
        parser.error("want --begin NAME, or --log KEY and a request")
    book = WitnessBook(given.folder)
    try:
        if given.begin is not None:
            told = book.begin(given.begin).text
        else:
            logs = [VerifierKey.parse(text) for text in given.log]
            request = WitnessRequest.parse(given.request.read_bytes())
            told = book.cosign(request, logs=logs, at=SystemClock().now()).text
    except LedgerError as error:
        hint = f"\nhint: {error.hint}" if error.hint else ""
        sys.stderr.write(f"error: {error}{hint}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    sys.stdout.write(f"{told}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
