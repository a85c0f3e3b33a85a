"""The routes, one file a group: parse, call, render."""
