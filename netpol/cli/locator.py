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
            for file, lines in self._read_files():
                if line := lines.find_line(policy, parse_path(path or ""), namespace):
                    found = FileLine(str(file), line)
        return found

    def _read_files(self) -> Iterator[tuple[Path, PolicyLines]]:
        for each in map(Path, self.paths):
            listed = list_manifest_files(each) if each.is_dir() else [each]
            for file in listed if each.is_dir() or each.is_file() else ():
                if file not in self._read:
                    text = file.read_text("utf-8-sig", errors="replace")
                    self._read[file] = PolicyLines.from_text(text)
                yield file, self._read[file]
