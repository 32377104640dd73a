"""What is wrong with a template, and where."""

from dataclasses import dataclass
from typing import Any, TypeAlias

Compiled: TypeAlias = Any
"""A node of a template; Django's stubs leave out what many of them have."""


@dataclass(frozen=True, order=True)
class Problem:
    template: str
    line: int
    text: str
    reason: str

    @classmethod
    def at(cls, node: Compiled, text: object, reason: object) -> "Problem":
        return cls(node.origin.template_name, node.token.lineno, str(text), str(reason))

    def __str__(self) -> str:
        return f"{self.template}:{self.line}: {self.text}: {self.reason}"
