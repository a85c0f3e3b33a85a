"""Running: one camera as a pipeline, the cameras of this machine, and what is written down."""
