"""One student's entry in a roster, and the faults it may have. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dashboard.models.student import LONGEST

GITHUB_LOGIN = re.compile(r"[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}", re.IGNORECASE | re.ASCII)
LOGIN_RULE = "a GitHub login has letters, digits and single hyphens between them, 39 at most"
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Categories of characters that show nothing, or reverse the text around them."""
_JOINERS = "\u200c\u200d"
"""Some scripts write names with them."""
MOST_SHOWN = 60
NO_SECTION = "none"
"""Addresses use it for students without a section, so no section may have this name."""


@dataclass(frozen=True, slots=True)
class RosterFault:
    """`line` is the file's, 0 for the whole file; `problem` says what would be right."""

    line: int
    problem: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.problem}" if self.line else self.problem


class RosterError(ValueError):
    """Nothing of the file is imported."""

    def __init__(self, faults: Iterable[RosterFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A student; the file leaves out a name or section that is empty.

    A value that a spreadsheet would take for a formula stays as it is: whoever writes a table for
    spreadsheets escapes it.
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
        """GitHub ignores the case of logins."""
        return self.login.lower()


@dataclass(frozen=True, slots=True)
class ParsedRoster:
    """`nameless` are the lines without a login. `sectionless` are those whose section has the name
    that means none: it counts as left out.
    """

    entries: tuple[RosterEntry, ...]
    nameless: tuple[int, ...] = ()
    sectionless: tuple[int, ...] = ()


def find_faults(entry: RosterEntry) -> Iterator[RosterFault]:
    if not GITHUB_LOGIN.fullmatch(entry.login):
        yield RosterFault(entry.line, f"{quote_text(entry.login)} is not a login: {LOGIN_RULE}.")
    for field in LONGEST:
        if problem := _find_problem(getattr(entry, field), LONGEST[field]):
            yield RosterFault(
                entry.line, f"the {field} {quote_text(getattr(entry, field))} {problem}."
            )


def merge_entries(found: Iterable[RosterEntry | RosterFault]) -> ParsedRoster:
    """Duplicate rows count once. Raises `RosterError` with all faults."""
    known: dict[str, RosterEntry] = {}
    faults: list[RosterFault] = []
    nameless: list[int] = []
    for one in found:
        if isinstance(one, RosterFault):
            faults.append(one)
        elif not one.login:
            nameless.append(one.line)
        elif problems := list(find_faults(one)):
            faults += problems
        elif one.key not in known:
            known[one.key] = one
        elif both := _merge_duplicates(known[one.key], one):
            known[one.key] = both
        else:
            faults.append(_report_conflict(known[one.key], one))
    if faults:
        raise RosterError(faults)
    return ParsedRoster(tuple(known.values()), tuple(nameless))


def quote_text(text: str) -> str:
    """Shortened, and safe to print anywhere."""
    shown = "".join("\N{REPLACEMENT CHARACTER}" if _is_unseen(each) else each for each in text)
    return f"“{shown[:MOST_SHOWN]}{'…' if len(shown) > MOST_SHOWN else ''}”"


def _find_problem(text: str, longest: int) -> str:
    if len(text) > longest:
        return f"is longer than {longest} characters"
    if any(map(_is_unseen, text)):
        return "has invisible characters: remove them"
    return ""


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN and character not in _JOINERS


def _merge_duplicates(one: RosterEntry, other: RosterEntry) -> RosterEntry | None:
    """`None` if they contradict each other."""
    for field in ("name", "section"):
        values = {getattr(one, field), getattr(other, field)} - {""}
        if len(values) > 1:
            return None
    return RosterEntry(one.line, one.login, one.name or other.name, one.section or other.section)


def _report_conflict(first: RosterEntry, second: RosterEntry) -> RosterFault:
    return RosterFault(
        second.line,
        f"{second.login} is in line {first.line} already, with another name or section:"
        " remove one of them.",
    )
