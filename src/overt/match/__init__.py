"""Exact comparison with the watchlist, and what a score means."""
