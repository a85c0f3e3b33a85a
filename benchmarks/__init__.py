"""What overt costs and finds, measured on this machine."""
