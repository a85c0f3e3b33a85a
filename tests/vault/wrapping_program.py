"""A program that wraps keys, as a KMS or an HSM would: AES-256-GCM under a key of its own.

    python wrapping_program.py KEYFILE [FAULT] wrap|unwrap NAME

FAULT makes it fail in one way, for tests.
"""

from __future__ import annotations

import base64
import os
import sys
import time
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


def main() -> int:
    keyfile, *fault, verb, name = sys.argv[1:]
    given = sys.stdin.buffer.readline()
    data = base64.b64decode(given.rstrip(b"\n"), validate=True)
    cipher = AESGCM(Path(keyfile).read_bytes())
    if verb == "wrap":
        nonce = os.urandom(NONCE_BYTES)
        result = nonce + cipher.encrypt(nonce, data, name.encode())
    else:
        result = cipher.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], name.encode())
    out = base64.b64encode(result)
    if fault == ["refuses"]:
        sys.stderr.buffer.write(b"no \x1b[31mkey\n" + given + out + b"\nof yours\xff\n")
        return 3
    if fault == ["slow"]:
        time.sleep(0.3)  # so that it can be killed before all keys were moved
    if fault == ["dies"]:
        os.abort()
    out = {
        "babbles": b"the wrapped key is " + out,
        "echoes": given.strip(),
        "silent": b"",
        "cuts": base64.b64encode(result[:-1]),
        "floods": out * 4000,
    }.get("".join(fault), out)
    sys.stdout.buffer.write(out + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
