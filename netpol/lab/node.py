"""Values of a lab file that know their place in it, so that every complaint can name it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Choice = TypeVar("Choice", bound=StrEnum)


class LabError(ValueError):
    """A lab file that cannot be used: the file, the field and what would be right."""


@dataclass(frozen=True, slots=True)
class Node:
    """`field` is the path from the top of the file, `flows[3].destination`; empty at the top."""

    file: str
    field: str
    value: object

    def wrong(self, message: str) -> LabError:
        return LabError(f"{self.file}: {self.field + ': ' if self.field else ''}{message}")

    def entries(self) -> dict[str, "Node"]:
        """A mapping whose keys are names that the file's author chose."""
        if not isinstance(self.value, dict):
            raise self.wrong(f"must be a mapping, not {self._shown()}")
        return {
            key: Node(self.file, f"{self.field}.{key}" if self.field else key, value)
            for key, value in self.value.items()
        }

    def fields(self, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, "Node"]:
        """A mapping whose keys are the format's: all that is required and nothing unknown."""
        required, known = list(required), [*required, *optional]
        entries = self.entries()
        for key in entries:
            if key not in known:
                raise entries[key].wrong(f"no such field; the fields here are {listed(known)}")
        for key in required:
            if key not in entries:
                raise self.wrong(f"`{key}` is missing")
        return entries

    def items(self) -> list["Node"]:
        if not isinstance(self.value, list):
            raise self.wrong(f"must be a list, not {self._shown()}")
        return [
            Node(self.file, f"{self.field}[{index}]", item) for index, item in enumerate(self.value)
        ]

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value:
            raise self.wrong(f"must be text, not {self._shown()}")
        return self.value

    def number(self, first: int, last: int) -> int:
        # YAML's `true` is an int to Python.
        if type(self.value) is not int or not first <= self.value <= last:
            raise self.wrong(f"must be a number from {first} to {last}, not {self._shown()}")
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.wrong(f"must be true or false, not {self._shown()}")
        return self.value

    def choice(self, choices: Iterable[Choice]) -> Choice:
        by_name = {choice.value: choice for choice in choices}
        if self.text() not in by_name:
            raise self.wrong(f"{self.value!r} is not one of {listed(by_name)}")
        return by_name[self.text()]

    def name(self, known: Iterable[str], *, kind: str, plural: str) -> str:
        """The name of something that stands elsewhere in the file."""
        known = list(known)
        if self.text() not in known:
            raise self.wrong(f"{self.value!r} is no {kind}; {plural} are {listed(known)}")
        return self.text()

    def _shown(self) -> str:
        return "nothing" if self.value in (None, "") else repr(self.value)


def listed(names: Iterable[str]) -> str:
    return ", ".join(names)
