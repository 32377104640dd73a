"""`python -m netpol`, and `netpol` where it is installed."""

import signal
import sys

from netpol.cli import main


def run() -> int:
    if hasattr(signal, "SIGPIPE"):
        # End quietly when `head` has seen enough, as other commands do.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    return main()


if __name__ == "__main__":
    sys.exit(run())
