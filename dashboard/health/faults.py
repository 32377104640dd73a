"""What a fault of ours may cost: that which met it, never the round around it."""

from collections.abc import Iterator
from contextlib import contextmanager
from logging import Logger

from django.db import DataError, IntegrityError

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
"""What a bug raises that meets something odd; neither the end of a task nor a database that is
away is one of them.
"""


@contextmanager
def spared(log: Logger, what: str, *about: object) -> Iterator[None]:
    """A fault in it is logged as `what` and ends only that: the next round tries again."""
    try:
        yield
    except FAULTS:
        log.exception(what, *about)
