"""What a roster says of one student, and what is wrong with what it says. Pure."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dashboard.accounts.roster.logins import GITHUB_LOGIN
from dashboard.models.student import LONGEST

LOGIN_RULE = "a GitHub login has letters, digits and single hyphens between them, 39 at most"
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Categories of characters that show nothing, or turn the text around them."""
_JOINERS = "\u200c\u200d"
"""Some scripts write names with them."""
MOST_SHOWN = 60
NO_SECTION = "none"
"""What addresses call those without a section: so no section is called that."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`line` is that of the file, 0 for the whole of it; `problem` says what would be right."""

    line: int
    problem: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.problem}" if self.line else self.problem


class RefusedRoster(ValueError):  # noqa: N818  named like netpol's Refused
    """A file that nothing is taken from."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True, slots=True)
class Entry:
    """A student as a file has them; an empty name or section is one that it does not tell.

    What a spreadsheet would take for a formula is kept as it is written: who writes a table for one
    writes it so that it stays text.
    """

    line: int
    login: str
    name: str = ""
    section: str = ""

    @property
    def is_sectionless(self) -> bool:
        return self.section.lower() == NO_SECTION

    @property
    def key(self) -> str:
        """GitHub logins that differ in case only are one."""
        return self.login.lower()


@dataclass(frozen=True, slots=True)
class Listed:
    """`nameless` are the lines that name nobody: who has not told their login yet. `sectionless`
    are those whose section is called what stands for none: it counts as not told.
    """

    entries: tuple[Entry, ...]
    nameless: tuple[int, ...] = ()
    sectionless: tuple[int, ...] = ()


def faults_of(entry: Entry) -> Iterator[Fault]:
    if not GITHUB_LOGIN.fullmatch(entry.login):
        yield Fault(entry.line, f"{quoted(entry.login)} is no login: {LOGIN_RULE}.")
    for field in LONGEST:
        if problem := _problem(getattr(entry, field), LONGEST[field]):
            yield Fault(entry.line, f"the {field} {quoted(getattr(entry, field))} {problem}.")


def gathered(found: Iterable[Entry | Fault]) -> Listed:
    """Raises `RefusedRoster` with all that is wrong. Who stands twice with the same is one."""
    known: dict[str, Entry] = {}
    faults: list[Fault] = []
    nameless: list[int] = []
    for one in found:
        if isinstance(one, Fault):
            faults.append(one)
        elif not one.login:
            nameless.append(one.line)
        elif problems := list(faults_of(one)):
            faults += problems
        elif one.key not in known:
            known[one.key] = one
        elif both := _together(known[one.key], one):
            known[one.key] = both
        else:
            faults.append(_twice(known[one.key], one))
    if faults:
        raise RefusedRoster(faults)
    return Listed(tuple(known.values()), tuple(nameless))


def quoted(text: str) -> str:
    """As it can be printed anywhere."""
    shown = "".join("\N{REPLACEMENT CHARACTER}" if _is_unseen(each) else each for each in text)
    return f"“{shown[:MOST_SHOWN]}{'…' if len(shown) > MOST_SHOWN else ''}”"


def _problem(text: str, longest: int) -> str:
    if len(text) > longest:
        return f"is longer than {longest} characters"
    if any(map(_is_unseen, text)):
        return "holds characters that cannot be seen: write it without them"
    return ""


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN and character not in _JOINERS


def _together(one: Entry, other: Entry) -> Entry | None:
    """`None` where they contradict each other."""
    for field in ("name", "section"):
        values = {getattr(one, field), getattr(other, field)} - {""}
        if len(values) > 1:
            return None
    return Entry(one.line, one.login, one.name or other.name, one.section or other.section)


def _twice(first: Entry, second: Entry) -> Fault:
    return Fault(
        second.line,
        f"{second.login} stands in line {first.line} already, with another name or section:"
        " leave one of them.",
    )
