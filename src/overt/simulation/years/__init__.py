"""Years of events that nobody lived, with a known truth: for tests, demonstrations and power."""
