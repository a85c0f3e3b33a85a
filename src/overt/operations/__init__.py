"""Looking after a machine: whether it is well, backups, and a record that is brought home."""
