"""Published figures in, a verdict for each claim out, with the arithmetic."""
