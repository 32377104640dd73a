"""The names that a node of a template sees, and what its expressions come to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from django.template import defaulttags as tags
from django.template.base import FilterExpression
from django.utils.safestring import SafeString

from tests.templates.annotations import Kind, UnresolvedError
from tests.templates.expressions import Names, expression
from tests.templates.members import element, unpacked
from tests.templates.problems import Compiled, Problem

By = TypeVar("By")
Each = TypeVar("Each")


@dataclass(frozen=True)
class ParentLoop:
    counter: int
    counter0: int
    revcounter: int
    revcounter0: int
    first: bool
    last: bool


@dataclass(frozen=True)
class ForLoop(ParentLoop):
    parentloop: ParentLoop


@dataclass(frozen=True)
class Super:
    """What `block` is inside a block."""

    super: SafeString


class Group(Generic[By, Each]):
    """What `regroup` makes."""

    grouper: By
    list: Sequence[Each]


@dataclass(frozen=True)
class Scope:
    """Collects the problems of what is evaluated in it."""

    names: Names
    problems: list[Problem] = field(default_factory=list)

    def with_names(self, **names: Kind) -> "Scope":
        return Scope({**self.names, **names}, self.problems)

    def kind(self, node: Compiled, written: FilterExpression) -> Kind | None:
        """`None` where it does not resolve."""
        try:
            return expression(written, self.names)
        except UnresolvedError as reason:
            self.problems.append(Problem.at(node, written, reason))
            return None

    def kinds(self, node: Compiled, written: Iterable[FilterExpression]) -> list[Kind | None]:
        return [self.kind(node, each) for each in written]

    def named(
        self, node: Compiled, written: Mapping[str, FilterExpression]
    ) -> dict[str, Kind | None]:
        return {name: self.kind(node, each) for name, each in written.items()}

    def condition(self, node: Compiled, condition: Any) -> None:
        """Each operand, also those that Django would pass over in silence."""
        if isinstance(condition, tags.TemplateLiteral):
            self.kind(node, cast(FilterExpression, condition.value))
        elif condition is not None:
            self.condition(node, condition.first)
            self.condition(node, condition.second)

    def loop(self, node: Compiled) -> "Scope | None":
        """What is seen inside of a loop; `None` where there is nothing to loop over."""
        kind = self.kind(node, node.sequence)
        if kind is None:
            return None
        try:
            each = element(kind)
            count = len(node.loopvars)
            kinds = unpacked(each, count) if count > 1 else (each,)
        except UnresolvedError as reason:
            self.problems.append(Problem.at(node, node.sequence, reason))
            return None
        return self.with_names(forloop=ForLoop, **dict(zip(node.loopvars, kinds, strict=True)))

    def groups(self, node: Compiled) -> Kind | None:
        """`by` is compiled as a path that begins with the name of the groups."""
        kind = self.kind(node, node.target)
        if kind is None:
            return None
        try:
            each = element(kind)
        except UnresolvedError as reason:
            self.problems.append(Problem.at(node, node.target, reason))
            return None
        by = self.with_names(**{node.var_name: each}).kind(node, node.expression)
        return None if by is None else list[Group[by, each]]  # type: ignore[valid-type]
