"""``python -m conformance``."""

import sys

from conformance.run.cli import main

if __name__ == "__main__":
    sys.exit(main())
