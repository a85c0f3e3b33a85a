"""Who may do what: authority, the rules it must keep, and who is listed."""
