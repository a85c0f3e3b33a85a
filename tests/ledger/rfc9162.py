"""RFC 9162 section 2.1, written as it reads: slow, recursive, obvious."""

from __future__ import annotations

from hashlib import sha256


def k_of(n: int) -> int:
    """Let k be the largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(d: list[bytes]) -> bytes:
    """2.1.1: the Merkle Tree Hash."""
    n = len(d)
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return sha256(b"\x00" + d[0]).digest()
    k = k_of(n)
    return sha256(b"\x01" + mth(d[0:k]) + mth(d[k:n])).digest()


def path(m: int, d: list[bytes]) -> list[bytes]:
    """2.1.3.1: the inclusion proof for the (m+1)th entry."""
    n = len(d)
    if n == 1:
        return []
    k = k_of(n)
    if m < k:
        return [*path(m, d[0:k]), mth(d[k:n])]
    return [*path(m - k, d[k:n]), mth(d[0:k])]


def proof(m: int, d: list[bytes]) -> list[bytes]:
    """2.1.4.1: the consistency proof, for 0 < m < n."""
    return subproof(m, d, known=True)


def subproof(m: int, d: list[bytes], *, known: bool) -> list[bytes]:
    n = len(d)
    if m == n:
        return [] if known else [mth(d)]
    k = k_of(n)
    if m <= k:
        return [*subproof(m, d[0:k], known=known), mth(d[k:n])]
    return [*subproof(m - k, d[k:n], known=False), mth(d[0:k])]
