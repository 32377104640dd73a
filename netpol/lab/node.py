"""Values of a lab file that know their place in it, so that every complaint can name it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Choice = TypeVar("Choice", bound=StrEnum)


class LabError(ValueError):
    """A lab file that cannot be used: the file, the field and what would be right."""


@dataclass(frozen=True, slots=True)
class LabNode:
    """`field` is the path from the top of the file, `flows[3].destination`; empty at the top."""

    file: str
    field: str
    value: object

    def build_error(self, message: str) -> LabError:
        return LabError(f"{self.file}: {self.field + ': ' if self.field else ''}{message}")

    def as_mapping(self) -> dict[str, "LabNode"]:
        """A mapping whose keys are names that the file's author chose."""
        if not isinstance(self.value, dict):
            raise self.build_error(f"must be a mapping, not {self._format_value()}")
        return {
            key: LabNode(self.file, f"{self.field}.{key}" if self.field else key, value)
            for key, value in self.value.items()
        }

    def read_fields(
        self, required: Iterable[str], optional: Iterable[str] = ()
    ) -> dict[str, "LabNode"]:
        """A mapping whose keys are the format's: all that is required and nothing unknown."""
        required, known = list(required), [*required, *optional]
        entries = self.as_mapping()
        for key in entries:
            if key not in known:
                raise entries[key].build_error(
                    f"no such field; the fields here are {join_names(known)}"
                )
        for key in required:
            if key not in entries:
                raise self.build_error(f"`{key}` is missing")
        return entries

    def as_list(self) -> list["LabNode"]:
        if not isinstance(self.value, list):
            raise self.build_error(f"must be a list, not {self._format_value()}")
        return [
            LabNode(self.file, f"{self.field}[{index}]", item)
            for index, item in enumerate(self.value)
        ]

    def as_text(self) -> str:
        if not isinstance(self.value, str) or not self.value:
            raise self.build_error(f"must be text, not {self._format_value()}")
        return self.value

    def as_number(self, first: int, last: int) -> int:
        # YAML's `true` is an int to Python.
        if type(self.value) is not int or not first <= self.value <= last:
            raise self.build_error(
                f"must be a number from {first} to {last}, not {self._format_value()}"
            )
        return self.value

    def as_flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.build_error(f"must be true or false, not {self._format_value()}")
        return self.value

    def as_choice(self, choices: Iterable[Choice]) -> Choice:
        by_name = {choice.value: choice for choice in choices}
        if self.as_text() not in by_name:
            raise self.build_error(f"{self.value!r} is not one of {join_names(by_name)}")
        return by_name[self.as_text()]

    def as_reference(self, known: Iterable[str], *, kind: str, plural: str) -> str:
        """The name of something that stands elsewhere in the file."""
        known = list(known)
        if self.as_text() not in known:
            raise self.build_error(f"{self.value!r} is no {kind}; {plural} are {join_names(known)}")
        return self.as_text()

    def _format_value(self) -> str:
        return "nothing" if self.value in (None, "") else repr(self.value)


def join_names(names: Iterable[str]) -> str:
    return ", ".join(names)
