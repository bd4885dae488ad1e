"""`python -m refractor`: the command where it is not installed."""

import sys

from refractor.cli.command import main

sys.exit(main())
