"""Who is on the roster and who has which namespace. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dashboard.accounts.roster import NO_SECTION
from dashboard.models import Namespace, Student


@dataclass(frozen=True, slots=True)
class Member:
    student: Student
    namespaces: tuple[Namespace, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """`strangers` are the namespaces of those who are not on it, by their student."""

    members: tuple[Member, ...]
    strangers: Mapping[str, tuple[Namespace, ...]]
    sections: Mapping[str, int]

    @property
    def without(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members if not member.namespaces)

    def of(self, section: str | None) -> tuple[Member, ...]:
        """The members of one section; of all where none is asked for."""
        if section is None:
            return self.members
        wanted = "" if section == NO_SECTION else section
        return tuple(each for each in self.members if each.student.section == wanted)


def roster(students: Iterable[Student], namespaces: Iterable[Namespace]) -> Roster:
    owned: defaultdict[str, list[Namespace]] = defaultdict(list)
    for namespace in namespaces:
        owned[namespace.student.lower()].append(namespace)
    members = tuple(
        Member(student, tuple(owned.pop(student.login.lower(), ())))
        for student in sorted(students, key=lambda each: each.login.lower())
    )
    sections = Counter(member.student.section for member in members)
    return Roster(
        members,
        {each[0].student: tuple(each) for _, each in sorted(owned.items())},
        dict(sorted(sections.items(), key=lambda each: (not each[0], each[0]))),
    )


def people(students: Iterable[Student]) -> dict[str, Student]:
    """By login in small letters."""
    return {student.login.lower(): student for student in students}
