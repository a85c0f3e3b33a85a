"""Finding faces in a frame: one file for each kind of network, common steps as functions."""
