"""`python -m netpol`, and `netpol` where it is installed."""

import gc
import signal
import sys
from io import TextIOWrapper

from netpol.cli import main


def run() -> int:
    if hasattr(signal, "SIGPIPE"):
        # End quietly when `head` has seen enough, as other commands do.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if isinstance(sys.stdout, TextIOWrapper):
        # Whatever a manifest holds can be told, if need be as an escape.
        sys.stdout.reconfigure(errors="backslashreplace")
    # A large cluster is millions of small objects that stay: looking through them for garbage as
    # often as usual takes a third of the time.
    gc.set_threshold(100_000, 50, 50)
    return main()


if __name__ == "__main__":
    sys.exit(run())
