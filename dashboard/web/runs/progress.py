"""Where a namespace stood in the lab at a moment, and a class in a few numbers. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class StudentProgress:
    """`step` is the key of the step to do next, empty when none is left; `assessment` a digest.

    The `summary` is the same for all who share the assessment. Who was `unread` stood so when they
    were last read.
    """

    namespace: str
    student: str
    step: str
    assessment: str
    summary: Mapping[str, Any] = field(hash=False)
    is_unreadable: bool = False

    @property
    def flows_met(self) -> int:
        return int(self.summary["met"])

    @property
    def flows_total(self) -> int:
        return int(self.summary["total"])


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """How many were read and how many of them were done; flows met, in the median."""

    students: int
    students_done: int
    median_met: float
    flows_total: int


@dataclass(frozen=True, slots=True)
class EqualStudents:
    """So many stood alike."""

    number: int
    step: str
    met: int
    total: int


def summarize_class(groups: Iterable[EqualStudents]) -> ClassSummary | None:
    """`None` where nobody was read."""
    alike = list(groups)
    met = [group.met for group in alike for _ in range(group.number)]
    if not met:
        return None
    done = sum(group.number for group in alike if not group.step)
    return ClassSummary(len(met), done, median(met), max(group.total for group in alike))
