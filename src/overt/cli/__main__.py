"""`python -m overt.cli`: the command line without the script that an installation makes."""

from overt.cli import main

if __name__ == "__main__":
    main()
