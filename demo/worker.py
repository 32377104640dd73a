"""Celery's worker, which ends with the demo in any case: `python -m demo.worker ARGUMENTS`.

Where the demo is killed its Redis may be gone first, and now and then the worker waits for it.
"""

import os
import signal
import sys
import threading
import time

from celery.__main__ import main as celery

GRACE = 5.0
"""Seconds in which it may end by itself."""


def exit_with_parent(parent: int) -> None:
    """End this process with all that it started, some time after the one that started it."""
    while os.getppid() == parent:
        time.sleep(0.5)
    time.sleep(GRACE)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=exit_with_parent, args=(os.getppid(),), daemon=True).start()
    sys.argv[0] = "celery"
    celery()
