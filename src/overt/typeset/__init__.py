"""Setting pages on paper: letters, breaks of long words, and the compiler."""
