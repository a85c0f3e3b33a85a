"""Whether a machine is well: a module for each family of checks, and every check a finding."""
