"""A console in a process of its own, to be killed while it builds a list."""

from __future__ import annotations

import sys
from pathlib import Path

from consoles import console_in
from list_uploads import portraits, rows, send_upload, sheet

from overt.governance import listfile
from overt.values.account import Role


def main(folder: Path, cache: Path, moment: str) -> None:
    """Build a list, say where it stands, and wait for the end."""
    with console_in(folder, settings={"cache_dir": cache}) as console:
        photos = {"grace.png": portraits()["grace.png"]}
        with console.as_role(Role.COMMANDER) as client:
            path = send_upload(client, sheet(rows(list(photos))), photos).headers["location"]
            while client.get(f"{path}/now").json()["stage"] != "to be reviewed":
                pass
            page = client.get(f"{path}/entries").text
            if moment == "sealing":
                # As where the power goes when all but the header is written.
                listfile.HEADER = "no-such-folder/header.json"  # pyright: ignore[reportAttributeAccessIssue, reportConstantRedefinition]
                token = page.partition('name="csrf" value="')[2][:64]
                form = {"csrf": token, "rest": "1", "shown-1": "1"}
                client.post(f"{path}/decide", data=form)
                client.post(f"{path}/seal", data={"csrf": token})
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
