"""The file and line of a policy's field, for people and for annotations."""

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
    """Finds fields in files and folders, and nothing in standard input."""

    paths: Sequence[str]
    _read: dict[Path, PolicyLines] = field(default_factory=dict)

    def locate(self, policy: str | None, path: str | None, namespace: str = "") -> FileLine | None:
        """The last place, which wins when all files are applied; `namespace` as in `find_line`."""
        found = None
        if policy:
            for file in self._list_files():
                field_path = parse_path(path or "")
                if line := self._read_lines(file).find_line(policy, field_path, namespace):
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
