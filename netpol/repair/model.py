"""A repair: its edits and the policies afterwards."""

from dataclasses import dataclass, field
from typing import Any

from netpol.model import Direction
from netpol.parse import Json
from netpol.repair.structure import TreeChange, format_path


@dataclass(frozen=True, slots=True)
class PolicyEdit:
    """One change of one policy; `opens` and `closes` are the lab's flows that depend on it.

    The `change` has the empty path for a policy that is new or goes. `direction` is the side at
    which it makes the difference, `None` where it makes one at neither, or at both.
    """

    policy: str
    change: TreeChange = field(hash=False)
    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    direction: Direction | None = None

    @property
    def path(self) -> str:
        return format_path(self.change.path)

    @property
    def before(self) -> Any:
        return self.change.before

    @property
    def after(self) -> Any:
        return self.change.after

    @property
    def flows(self) -> tuple[str, ...]:
        return self.opens + self.closes


@dataclass(frozen=True, slots=True)
class Repair:
    """`policies` is the namespace's whole set afterwards, as complete manifests.

    `why_not` says why nothing is proposed, or why what is proposed could not be proven; it is empty
    where an evaluation of `policies` gives the lab all that it wants.
    """

    edits: tuple[PolicyEdit, ...] = ()
    delete: tuple[str, ...] = ()
    policies: tuple[Json, ...] = field(default=(), hash=False)
    why_not: str = ""

    @property
    def size(self) -> int:
        """How many leaf values change."""
        return sum(edit.change.size for edit in self.edits)
