"""A log that cannot be rewritten unnoticed: a Merkle tree over bytes, signed and proved."""
