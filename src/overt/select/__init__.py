"""Measures faces and chooses the few of a track that are worth comparing."""
