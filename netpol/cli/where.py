"""Finds fields of policies in the files that were read, for people and for annotations."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from netpol.load.lines import line_of
from netpol.repair.structure import keys


@dataclass(frozen=True, slots=True)
class Place:
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(slots=True)
class Where:
    """Of standard input and of folders nothing is found."""

    paths: Sequence[str]
    _texts: dict[str, str] = field(default_factory=dict)

    def of(self, policy: str | None, path: str | None) -> Place | None:
        if not policy:
            return None
        for name in self.paths:
            if line := line_of(self._text(name), policy, keys(path or "")):
                return Place(name, line)
        return None

    def _text(self, name: str) -> str:
        if name not in self._texts:
            file = Path(name)
            known = file.is_file()
            self._texts[name] = file.read_text("utf-8-sig", errors="replace") if known else ""
        return self._texts[name]
