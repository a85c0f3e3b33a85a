"""Figures with their counts, intervals and methods: numbers in, numbers out, nothing else known."""
