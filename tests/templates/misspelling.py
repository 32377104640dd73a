"""Misspells each attribute that a template reads, one at a time, by its text alone."""

import re
from collections.abc import Iterator
from dataclasses import replace

from django.template import Origin, Template, TemplateSyntaxError

from tests.templates.checker import Checker
from tests.templates.paths import paths


def misspellings(source: str) -> Iterator[tuple[int, str, str]]:
    """The line, the path that is misspelt, and the text of the whole template with it."""
    for start, path in paths(source):
        for part in re.finditer(r"[A-Za-z]\w*", path):
            end = start + part.end()
            wrong = f"{path[: part.end()]}x{path[part.end() :]}"
            yield source.count("\n", 0, start) + 1, wrong, f"{source[:end]}x{source[end:]}"


def survivors(checker: Checker, name: str) -> Iterator[tuple[bool, str]]:
    """Of each misspelling in a template whether nobody notices it, and where it is."""
    source = checker.engine.get_template(name).source
    for line, path, text in misspellings(source):
        try:
            wrong = Template(text, Origin(name, template_name=name), name, checker.engine)
        except TemplateSyntaxError:
            lives = False
        else:
            lives = not replace(checker, instead={name: wrong}).is_wrong(name)
        yield lives, f"{name}:{line}: {path}"
