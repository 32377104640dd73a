"""`python -m netpol`."""

import signal
import sys

from netpol.cli import main

if __name__ == "__main__":
    if hasattr(signal, "SIGPIPE"):
        # End quietly when `head` has seen enough, as other commands do.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
