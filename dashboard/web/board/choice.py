"""Which rows the board lists, as its address says. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from dashboard.assess.mistakes import Mistake
from dashboard.assess.progress_status import ProgressStatus
from dashboard.web.board.rows import BoardRow
from netpol.lab import Lab

SHOWN_LETTERS = 60


@dataclass(frozen=True, slots=True)
class RowChoice:
    """An empty field chooses everybody; all fields have to hold."""

    text: str = ""
    step: str = ""
    need: str = ""
    mistake: Mistake | None = None

    @classmethod
    def from_address(cls, address: Mapping[str, str]) -> Self:
        return cls(
            address.get("q", "").strip()[:100],
            address.get("step", ""),
            address.get("need", ""),
            Mistake.from_key(address["mistake"]) if "mistake" in address else None,
        )

    @property
    def is_everybody(self) -> bool:
        return self == RowChoice()

    def includes_row(self, row: BoardRow) -> bool:
        at_step = row.current_step.key if row.current_step and row.need.is_at_a_step else ""
        return (
            self._matches_name(row)
            and (not self.step or at_step == self.step)
            and (not self.need or row.need == self.need)
            and (self.mistake is None or row.has_mistake(self.mistake))
        )

    def _matches_name(self, row: BoardRow) -> bool:
        text, owned = self.text.casefold(), row.namespace
        names = (owned.student, owned.called, owned.name)
        return not text or any(text in name.casefold() for name in names)

    def describe_choice(self, lab: Lab) -> str:
        """What the chosen students have in common, as it follows “those”."""
        return ", ".join(self._describe_fields(lab))

    def _describe_fields(self, lab: Lab) -> Iterator[str]:
        if self.text:
            yield f"whose name has “{self.text}” in it"
        if self.step:
            title = next((step.title for step in lab.steps if step.key == self.step), "")
            yield f"at the step “{title or self.step[:SHOWN_LETTERS]}”"
        if self.need:
            titles = {str(need): need.label for need in ProgressStatus}
            title = titles.get(self.need, self.need[:SHOWN_LETTERS])
            yield f"of whom it holds: {title.lower()}"
        if self.mistake:
            title = self.mistake.title(lab) or self.mistake.key[:SHOWN_LETTERS]
            yield f"who make this mistake now: {title}"

    def find_unknown(self, lab: Lab) -> str:
        """A sentence about the first field that names nothing; empty where all do."""
        if self.mistake and not self.mistake.title(lab):
            key = self.mistake.key[:SHOWN_LETTERS]
            return f"There is no mistake called “{key}”, so nobody is listed."
        if self.step and self.step not in {step.key for step in lab.steps}:
            step = self.step[:SHOWN_LETTERS]
            return f"There is no step called “{step}”, so nobody is listed."
        if self.need and self.need not in set(ProgressStatus):
            need = self.need[:SHOWN_LETTERS]
            return f"Nobody can be “{need}” here, so nobody is listed."
        return ""
