"""What people are shown: totals folded from events, and the pictures of an alert."""
