"""The sections of a report, one file each: facts in, a section with every number computed out."""
