"""What is counted: tables folded from events, one row a thing that a figure can count."""
