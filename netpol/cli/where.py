"""Finds fields of policies in the files that were read, for people and for annotations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from netpol.load import list_manifest_files
from netpol.load.lines import PolicyLines
from netpol.repair.structure import parse_path


@dataclass(frozen=True, slots=True)
class FileLine:
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(slots=True)
class PolicyLocator:
    """In files and in folders; of standard input nothing is found."""

    paths: Sequence[str]
    _read: dict[Path, PolicyLines] = field(default_factory=dict)

    def locate(self, policy: str | None, path: str | None, namespace: str = "") -> FileLine | None:
        """The last place, as where all is applied; `namespace` as in `Lines.line`."""
        found = None
        if policy:
            for file in self._list_files():
                if line := self._read_lines(file).find_line(
                    policy, parse_path(path or ""), namespace
                ):
                    found = FileLine(str(file), line)
        return found

    def _list_files(self) -> Iterator[Path]:
        for each in map(Path, self.paths):
            if each.is_dir():
                yield from list_manifest_files(each)
            elif each.is_file():
                yield each

    def _read_lines(self, file: Path) -> PolicyLines:
        if file not in self._read:
            self._read[file] = PolicyLines.from_text(file.read_text("utf-8-sig", errors="replace"))
        return self._read[file]
