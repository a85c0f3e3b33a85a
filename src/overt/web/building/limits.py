"""What an upload may be: shown on the page, and held."""

from __future__ import annotations

from typing import Final

from overt.sources.stills import MAX_PIXELS

__all__ = [
    "LIMITS",
    "MIB",
    "MOST_BYTES",
    "MOST_CSV_BYTES",
    "MOST_PHOTOS",
    "MOST_PHOTO_BYTES",
    "MOST_RATIO",
    "MOST_SIDE_PX",
    "MOST_UNPACKED_BYTES",
]

MIB: Final = 1024 * 1024
MOST_BYTES: Final = 128 * MIB  # of one upload, everything together
MOST_UNPACKED_BYTES: Final = 256 * MIB  # of all photographs of an upload
MOST_PHOTO_BYTES: Final = 20 * MIB
MOST_PHOTOS: Final = 1000
MOST_CSV_BYTES: Final = 2 * MIB
MOST_RATIO: Final = 100  # unpacked to packed: a photograph hardly packs, a bomb does by thousands
MOST_SIDE_PX: Final = 16_000

LIMITS: Final = tuple(
    f"{what}: {limit}"
    for what, limit in {
        "all together": f"at most {MOST_PHOTOS:,} photographs and {MOST_BYTES // MIB} MiB, "
        f"{MOST_UNPACKED_BYTES // MIB} MiB unpacked",
        "a photograph": "JPEG, PNG, WebP, TIFF, BMP or GIF; at most "
        f"{MOST_PHOTO_BYTES // MIB} MiB, {MAX_PIXELS // 1_000_000} million pixels and "
        f"{MOST_SIDE_PX:,} on a side",
        "the CSV": f"UTF-8, at most {MOST_CSV_BYTES // MIB} MiB; no cell begins like a formula",
        "a ZIP archive": "photographs and nothing else: no folder, no archive in it, no password",
    }.items()
)
