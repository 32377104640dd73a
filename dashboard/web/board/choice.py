"""Whom the board is of, and which of them it lists, as its address says. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from dashboard.accounts.roster import NO_SECTION
from dashboard.assess.mistakes import Mistake
from dashboard.assess.progress_status import Need
from dashboard.web.board.page import Row
from netpol.lab import Lab


@dataclass(frozen=True, slots=True)
class Choice:
    """Of the list. Empty is everybody; all that is said has to hold. What does not exist, nobody
    has.
    """

    text: str = ""
    step: str = ""
    need: str = ""
    mistake: Mistake | None = None

    @classmethod
    def of(cls, address: Mapping[str, str]) -> Self:
        return cls(
            address.get("q", "").strip()[:100],
            address.get("step", ""),
            address.get("need", ""),
            Mistake.of(address["mistake"]) if "mistake" in address else None,
        )

    @property
    def is_everybody(self) -> bool:
        return self == Choice()

    def shows(self, row: Row) -> bool:
        return (
            self._by_name(row)
            and (not self.step or _key(row) == self.step)
            and (not self.need or row.need == self.need)
            and (self.mistake is None or row.makes(self.mistake))
        )

    def _by_name(self, row: Row) -> bool:
        sought = self.text.casefold()
        owned = row.namespace
        return not sought or any(
            sought in name.casefold() for name in (owned.student, owned.called, owned.name)
        )

    def words(self, lab: Lab) -> str:
        """What those who are shown have in common, as it follows “those”."""
        return ", ".join(self._words(lab))

    def _words(self, lab: Lab) -> Iterator[str]:
        if self.text:
            yield f"whose name has “{self.text}” in it"
        if self.step:
            title = next((step.title for step in lab.steps if step.key == self.step), "")
            yield f"at the step “{title or self.step[:60]}”"
        if self.need:
            titles = {str(need): need.words for need in Need}
            yield f"of whom it holds: {titles.get(self.need, self.need[:60]).lower()}"
        if self.mistake:
            yield f"who make this mistake now: {self.mistake.title(lab) or self.mistake.key[:60]}"

    def unknown(self, lab: Lab) -> str:
        """What of it does not exist, in a sentence; empty where all does."""
        if self.mistake and not self.mistake.title(lab):
            return f"There is no mistake called “{self.mistake.key[:60]}”, so nobody is listed."
        if self.step and self.step not in {step.key for step in lab.steps}:
            return f"There is no step called “{self.step[:60]}”, so nobody is listed."
        if self.need and self.need not in set(Need):
            return f"Nobody can be “{self.need[:60]}” here, so nobody is listed."
        return ""


def _key(row: Row) -> str:
    return row.current.key if row.current and row.need.is_at_a_step else ""


def sections(rows: Iterable[Row]) -> list[str]:
    """Those that somebody is in, and `NO_SECTION` last where the roster knows some and not all."""
    found = {row.namespace.section for row in rows}
    named = sorted(found - {""})
    return [*named, *[NO_SECTION] * ("" in found and bool(named))]


def in_section(rows: Iterable[Row], section: str) -> list[Row]:
    """Of those who have it, or none, by the roster."""
    return [row for row in rows if (row.namespace.section or NO_SECTION) == section]
