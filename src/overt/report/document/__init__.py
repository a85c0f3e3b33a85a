"""A report as one frozen value: every number is in it, computed; how it looks is not."""
