"""Building a watchlist in the console: an upload taken in, enrolled, reviewed and sealed."""
