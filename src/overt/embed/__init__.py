"""From a face in a frame to a template."""
