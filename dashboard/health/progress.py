"""How far a poll has come, told to whoever waits for it."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""What is being done, how many are done, and out of how many."""


def silent(doing: str, done: int, total: int) -> None:
    pass
