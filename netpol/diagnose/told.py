"""All that a sentence about a cause may speak of, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from netpol.lab import Flow, Lab
from netpol.model import Direction, Outcome
from netpol.repair import Edit
from netpol.repair.structure import text


@dataclass(frozen=True, slots=True)
class Told:
    """All that a sentence may speak of; `flows` has at least one.

    `other_side` is whether the other side of all of them lets them pass already.
    """

    lab: Lab
    namespace: str
    edit: Edit
    direction: Direction
    flows: Sequence[Flow]
    other_side: bool

    def only(self, expected: Outcome) -> "Told | None":
        """The same of the flows of which the lab expects this."""
        flows = [flow for flow in self.flows if flow.expected is expected]
        return replace(self, flows=flows) if flows else None

    @property
    def policy(self) -> str:
        return f"`{self.edit.policy}`"

    @property
    def rule(self) -> str:
        return f"{self.policy} (`{text(self.edit.change.path[:3])}`)"

    @property
    def place(self) -> str:
        return f"{self.policy} (`{text(self.edit.change.place)}`)"

    @property
    def ends(self) -> str:
        """Whose policies speak."""
        return self._titles(
            flow.source if self.direction is Direction.EGRESS else flow.destination
            for flow in self.flows
        )

    @property
    def peers(self) -> str:
        """Whom they speak of."""
        return self._titles(
            flow.destination if self.direction is Direction.EGRESS else flow.source
            for flow in self.flows
        )

    @property
    def peers_are_students(self) -> bool:
        """Whether the other side is the student's to write too."""
        ends = {end for flow in self.flows for end in flow.ends}
        return all(self.lab.find_entity(end).is_student_entity for end in ends)

    @property
    def destinations(self) -> str:
        return self._titles(flow.destination for flow in self.flows)

    def _titles(self, names: Iterable[str]) -> str:
        return listed([self.lab.find_entity(name).title for name in dict.fromkeys(names)])

    @property
    def wanted(self) -> str:
        return listed([f"{flow.protocol} {flow.port}" for flow in self.flows])

    @property
    def named(self) -> str:
        first, *others = (flow.name for flow in self.flows)
        return listed([first, *others]) if len(others) < 2 else f"{first} and {len(others)} more"


def listed(names: Sequence[str]) -> str:
    *first, last = dict.fromkeys(names)
    return f"{', '.join(first)} and {last}" if first else last


def shown(value: Any) -> str:
    """A value of a manifest in a sentence."""
    match value:
        case None:
            return "nothing"
        case {"matchLabels": dict(pairs), **rest} if not rest:
            return shown(pairs)
        case dict() if value and all(isinstance(each, str) for each in value.values()):
            return ", ".join(f"`{key}: {each}`" for key, each in value.items())
        case {} | []:
            return "`{}`"
        case dict() | list():
            return "what stands there"
    return f"`{value}`"
