"""Who is on the roster and who has which namespace, and what a file would change. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from dashboard.accounts.roster import MOST_BYTES, NO_SECTION, ParsedRoster, RosterChanges
from dashboard.models import Namespace, Student
from dashboard.models.student import LONGEST

MOST_FAULTS = 20
"""Faults of a refused file that the page lists."""


@dataclass(frozen=True, slots=True)
class RosterMember:
    student: Student
    namespaces: tuple[Namespace, ...]


@dataclass(frozen=True, slots=True)
class ClassRoster:
    """`strangers` are the namespaces of students who are not on the roster, by student."""

    members: tuple[RosterMember, ...]
    strangers: Mapping[str, tuple[Namespace, ...]]
    sections: Mapping[str, int]

    @property
    def without_namespace(self) -> tuple[RosterMember, ...]:
        return tuple(member for member in self.members if not member.namespaces)

    def select_section(self, section: str | None) -> tuple[RosterMember, ...]:
        """The members of one section, or all of them for `None`."""
        if section is None:
            return self.members
        wanted = "" if section == NO_SECTION else section
        return tuple(member for member in self.members if member.student.section == wanted)


@dataclass(frozen=True, slots=True)
class RosterPreview:
    """What a file would change, and the file's text, from which it is imported."""

    changes: RosterChanges
    parsed: ParsedRoster

    @property
    def has_nothing_to_do(self) -> bool:
        return self.changes.is_empty and not self.changes.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPage:
    """`text` and `asked_section` are what was posted; `faults` is why it was refused."""

    template: ClassVar[str] = "roster/page.html"
    most_kilobytes: ClassVar[int] = MOST_BYTES // 1024
    longest_section: ClassVar[int] = LONGEST["section"]
    roster: ClassRoster
    section: str | None = None
    text: str = ""
    asked_section: str = ""
    faults: Sequence[str] = ()
    preview: RosterPreview | None = None

    @property
    def members(self) -> tuple[RosterMember, ...]:
        return self.roster.select_section(self.section)

    @property
    def section_tabs(self) -> list[tuple[str, str, int]]:
        """The section as an address has it, its title and how many are in it."""
        return [
            (section or NO_SECTION, section or "no section", count)
            for section, count in self.roster.sections.items()
        ]

    @property
    def counts(self) -> str:
        members, strangers = len(self.roster.members), len(self.roster.strangers)
        without = len(self.roster.without_namespace)
        students = f"{members} student{'' if members == 1 else 's'}, {without} without a namespace."
        if strangers == 1:
            return f"{students} 1 owner of a namespace is not on the roster."
        return f"{students} {strangers} owners of namespaces are not on the roster."

    @property
    def listed_faults(self) -> Sequence[str]:
        return self.faults[:MOST_FAULTS]

    @property
    def unlisted_faults(self) -> int:
        return len(self.faults[MOST_FAULTS:])


def build_roster(students: Iterable[Student], namespaces: Iterable[Namespace]) -> ClassRoster:
    owned: defaultdict[str, list[Namespace]] = defaultdict(list)
    for namespace in namespaces:
        owned[namespace.student.lower()].append(namespace)
    members = tuple(
        RosterMember(student, tuple(owned.pop(student.login.lower(), ())))
        for student in sorted(students, key=lambda student: student.login.lower())
    )
    sections = Counter(member.student.section for member in members)
    return ClassRoster(
        members,
        {own[0].student: tuple(own) for _, own in sorted(owned.items())},
        dict(sorted(sections.items(), key=lambda item: (not item[0], item[0]))),
    )


def index_by_login(students: Iterable[Student]) -> dict[str, Student]:
    """By login in lower case."""
    return {student.login.lower(): student for student in students}
