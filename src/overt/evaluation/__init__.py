"""What a model's scores mean, measured on labelled faces before anyone is scanned."""
