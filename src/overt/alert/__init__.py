"""From a match to an alert that a person judges."""
