"""Which student owns a namespace."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from netpol.model import LabeledNamespace


@dataclass(frozen=True, slots=True)
class NamespaceOwner:
    student: str
    environment: str


@dataclass(frozen=True, slots=True)
class NamespacePattern:
    """How a namespace shows its owner: by two labels or, where those are missing, by its name.

    `labels` are on every namespace of the course.
    """

    template: str
    environments: tuple[str, ...]
    student_label: str
    environment_label: str
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    def find_owner(self, name: str, labels: Mapping[str, str]) -> NamespaceOwner | None:
        """The owner; `None` for a namespace that is no student's. Labels win over the name.

        A login may end like an environment (`student-a-dev-prod` is a-dev's prod): the last
        environment in the name counts.
        """
        student, environment = self._split_name(name)
        student = labels.get(self.student_label) or student
        environment = labels.get(self.environment_label) or environment
        if not student or environment not in self.environments:
            return None
        return NamespaceOwner(student, environment)

    def label_namespace(self, name: str) -> LabeledNamespace:
        """A namespace of this name, with the labels that the course would give it."""
        student, environment = self._split_name(name)
        return LabeledNamespace(
            name,
            {
                **self.labels,
                self.student_label: student or "student",
                self.environment_label: environment or self.environments[0],
            },
        )

    def _split_name(self, name: str) -> tuple[str, str]:
        environments = "|".join(re.escape(environment) for environment in self.environments)
        pattern = (
            re.escape(self.template)
            .replace(re.escape("{student}"), "(?P<student>.+)")
            .replace(re.escape("{environment}"), f"(?P<environment>{environments})")
        )
        found = re.fullmatch(pattern, name)
        return (found["student"], found["environment"]) if found else ("", "")
