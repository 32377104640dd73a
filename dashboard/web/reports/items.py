"""One thing that a report says, and how it knows."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class ItemState(StrEnum):
    HOLDS = "holds"
    DONE = "done"
    """A step held, and those after it end it."""
    FAILS = "does not hold"
    UNKNOWN = "cannot be told"
    NOT_CHECKED = "not checked"

    @property
    def is_met(self) -> bool:
        return self in {ItemState.HOLDS, ItemState.DONE}

    @property
    def is_judged(self) -> bool:
        return self.is_met or self is ItemState.FAILS


@dataclass(frozen=True, slots=True)
class ReportItem:
    """`proof` is what was seen and by what, or why nothing is known; `source` is who saw it.

    `at` is since when it is known, or when it was seen; `None` where nobody saw it.
    """

    key: str
    title: str
    state: ItemState
    proof: str
    source: str = ""
    at: datetime | None = None
    group: str = ""

    def in_group(self, group: str) -> "ReportItem":
        return replace(self, group=group)


def write_sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def join_names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
