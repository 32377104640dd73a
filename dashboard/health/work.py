"""One unit of work: how far it has come, and what a fault in it may cost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging import Logger

from django.db import DataError, IntegrityError

ProgressCallback = Callable[[str, int, int], None]
"""Takes what is being done, how many of it are done, and out of how many."""


def ignore_progress(doing: str, done: int, total: int) -> None:
    pass


FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    DataError,
    IntegrityError,
    LookupError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
)
"""What a bug raises when it meets malformed data; neither a task's time limit nor a database that
is down is among them.
"""


@contextmanager
def guard_unit(log: Logger, what: str, *about: object) -> Iterator[None]:
    """Log a fault as `what` and end only this unit: the next round tries again."""
    try:
        yield
    except FAULTS:
        log.exception(what, *about)
