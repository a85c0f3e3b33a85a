"""A real authority that stamps (RFC 3161): OpenSSL's, made for the test."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONFIGURATION = """
[tsa]
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
certs = {folder}/tsa.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
serial = {folder}/serial
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, by: ec.EllipticCurvePrivateKey
) -> bytes:
    root = subject == issuer
    now = datetime.now(UTC)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
    )
    if not root:
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(by, hashes.SHA256()).public_bytes(Encoding.PEM)


def make_authority(folder: Path) -> tuple[Callable[[bytes], bytes], bytes]:
    """Give a function that answers requests, and its root certificate (PEM)."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl program, which plays the authority")
    root, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    (folder / "tsa.pem").write_bytes(certificate("Stamps", key, "Root", root))
    (folder / "tsa.key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder))

    def ask(request: bytes) -> bytes:
        (folder / "request").write_bytes(request)
        arguments = ["-config", "tsa.cnf", "-section", "tsa", "-queryfile", "request"]
        return subprocess.run(  # noqa: S603 - fixed arguments
            [openssl, "ts", "-reply", *arguments], cwd=folder, check=True, capture_output=True
        ).stdout

    return ask, certificate("Root", root, "Root", root)
