"""What a message about a root cause may say, as words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from netpol.lab import Flow, Lab
from netpol.model import Direction, Outcome
from netpol.repair import PolicyEdit
from netpol.repair.structure import format_path


@dataclass(frozen=True, slots=True)
class CauseFacts:
    """The edit that mends a cause and the flows that it explains, at least one.

    `other_side` is whether the other side of all these flows lets them pass already.
    """

    lab: Lab
    namespace: str
    edit: PolicyEdit
    direction: Direction
    flows: Sequence[Flow]
    other_side: bool

    def select_flows(self, expected: Outcome) -> "CauseFacts | None":
        """The same facts about the flows with this expected outcome; `None` without any."""
        flows = [flow for flow in self.flows if flow.expected is expected]
        return replace(self, flows=flows) if flows else None

    @property
    def policy(self) -> str:
        return f"`{self.edit.policy}`"

    @property
    def rule(self) -> str:
        return f"{self.policy} (`{format_path(self.edit.change.path[:3])}`)"

    @property
    def place(self) -> str:
        return f"{self.policy} (`{format_path(self.edit.change.place)}`)"

    @property
    def subjects(self) -> str:
        """The ends that the policy selects, or should."""
        is_egress = self.direction is Direction.EGRESS
        return self._format_titles(
            flow.source if is_egress else flow.destination for flow in self.flows
        )

    @property
    def peers(self) -> str:
        """The ends that its rules speak of."""
        is_egress = self.direction is Direction.EGRESS
        return self._format_titles(
            flow.destination if is_egress else flow.source for flow in self.flows
        )

    @property
    def destinations(self) -> str:
        return self._format_titles(flow.destination for flow in self.flows)

    @property
    def ports(self) -> str:
        return format_list([f"{flow.protocol} {flow.port}" for flow in self.flows])

    @property
    def flow_names(self) -> str:
        first, *others = (flow.name for flow in self.flows)
        return (
            f"{first} and {len(others)} more" if len(others) > 1 else format_list([first, *others])
        )

    @property
    def is_within_namespace(self) -> bool:
        """Whether the student writes the policies of both sides."""
        ends = {end for flow in self.flows for end in flow.ends}
        return all(self.lab.find_entity(end).is_student_entity for end in ends)

    def _format_titles(self, names: Iterable[str]) -> str:
        return format_list([self.lab.find_entity(name).title for name in names])


def format_list(names: Sequence[str]) -> str:
    """Each name once, as `a, b and c`."""
    *first, last = dict.fromkeys(names)
    return f"{', '.join(first)} and {last}" if first else last


def format_value(value: Any) -> str:
    """A value of a manifest, short enough for a sentence."""
    match value:
        case None:
            return "nothing"
        case {"matchLabels": dict(pairs), **rest} if not rest:
            return format_value(pairs)
        case dict() if value and all(isinstance(each, str) for each in value.values()):
            return ", ".join(f"`{key}: {each}`" for key, each in value.items())
        case {} | []:
            return "`{}`"
        case dict() | list():
            return "what stands there"
    return f"`{value}`"
