"""A static site of what was published: pages that need no script, no server and no other file."""
