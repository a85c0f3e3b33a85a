"""What overt costs and finds, measured on this machine."""

import os

# As the commands do (`overt.cli`), before NumPy is loaded: threads of a small product wait for
# cores that cameras work on, and spin meanwhile.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
