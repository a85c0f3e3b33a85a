"""Another verifier, written from docs/concepts/ledger.md alone, as a reader of it would.

It shares no code with overt, says only yes or no, and reads the whole file at once.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from rfc9162 import mth


class NoError(Exception):
    """The answer is no."""


def need(good: object) -> None:
    if not good:
        raise NoError


def unbase(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text)
    return data


def signed_text(note: str, key: str) -> str:
    """Give a note's text once the key signed it."""
    name, key_id, encoded = key.split("+", 2)
    kind_and_key = unbase(encoded)
    want = hashlib.sha256(name.encode() + b"\n" + kind_and_key).digest()[:4]
    need(want.hex() == key_id and kind_and_key[0] == 1 and len(kind_and_key) == 33)
    text, blank, lines = note.rpartition("\n\n")
    need(blank and lines.endswith("\n") and not re.search(r"[\x00-\x09\x0b-\x1f]", note))
    count = 0
    for line in lines[:-1].split("\n"):
        dash, signer, value = line.split(" ")
        signature = unbase(value)
        need(dash == "—" and signer and "+" not in signer and len(signature) > 4)
        need(not any(sign.isspace() for sign in signer))
        if signer == name and signature[:4] == want:
            Ed25519PublicKey.from_public_bytes(kind_and_key[1:]).verify(
                signature[4:], f"{text}\n".encode()
            )
            count += 1
    need(count)
    return text + "\n"


def one(line: bytes) -> dict[str, str | int]:
    found: dict[str, str | int] = json.loads(line.decode())
    again = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    need(again == line and line.startswith(b"{"))
    return found


def is_good(path: Path, key: str) -> bool:
    """Tell whether an export verifies under a log's first key."""
    try:
        check(path.read_bytes(), key)
    except (NoError, InvalidSignature, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return False
    return True


def check(data: bytes, key: str) -> None:
    body, _, last = data[:-1].rpartition(b"\n")
    need(data.endswith(b"\n") and one(last) == {"sha256": hashlib.sha256(body + b"\n").hexdigest()})
    lines = body.split(b"\n")
    header = one(lines[0])
    need(set(header) == {"checkpoints", "format", "key", "leaves", "origin", "rotations"})
    need(header["format"] == "overt-ledger-1" and header["key"] == key)
    rotations, checkpoints, count = (
        header[name] for name in ("rotations", "checkpoints", "leaves")
    )
    need(all(type(n) is int for n in (rotations, checkpoints, count)) and checkpoints)
    assert isinstance(rotations, int)
    assert isinstance(checkpoints, int)
    notes = 1 + rotations + checkpoints
    leaves = lines[notes:]
    need(len(leaves) == count and len(lines) >= notes)
    keys = [(0, key)]
    for line in lines[1 : 1 + rotations]:
        found = one(line)
        need(set(found) == {"rotation"})
        text = signed_text(str(found["rotation"]), keys[-1][1])
        form, origin, size, root, new, end = text.split("\n")
        need(form == "overt-ledger-key-1" and origin == header["origin"] and end == "")
        need(new.split("+")[0] == origin and str(int(size)) == size and int(size) > keys[-1][0])
        need(mth(leaves[: int(size)]) == unbase(root) and int(size) <= len(leaves))
        need(new.encode() in leaves[int(size) - 1] and new not in dict(keys).values())
        keys.append((int(size), new))
    before = -1
    for line in lines[1 + rotations : notes]:
        found = one(line)
        need(set(found) == {"checkpoint"})
        origin, size, root, *more = str(found["checkpoint"]).split("\n")
        need(origin == header["origin"] and str(int(size)) == size and int(size) > before)
        by = [named for at, named in keys if at <= int(size)][-1]
        text = signed_text(str(found["checkpoint"]), by)
        need(text.startswith(f"{origin}\n{size}\n{root}\n") and more)
        need(mth(leaves[: int(size)]) == unbase(root) and int(size) <= len(leaves))
        before = int(size)
    need(before == len(leaves) and key.split("+", maxsplit=1)[0] == header["origin"])
