"""Which of a lab's entities something in a student's namespace stands for."""

from collections.abc import Mapping

from netpol.evaluate import selector_matches
from netpol.lab import Lab


def stands_for(lab: Lab, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the student's entities that a pod with these labels is."""
    return tuple(
        entity.name
        for entity in lab.entities
        if entity.is_student_entity
        and entity.selector
        and selector_matches(entity.selector, labels)
    )
