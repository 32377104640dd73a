"""Parse a roster as the course keeps it: YAML documents of kind StudentSubmissions. Pure."""

from collections.abc import Iterator

import yaml

from dashboard.accounts.roster.entries import RosterEntry, RosterFault, quote_text
from netpol.load.documents import parse_documents
from netpol.load.lines import compose_nodes
from netpol.load.yaml_reader import MalformedDocumentError

KIND = "StudentSubmissions"
LOGIN = "github_username"
NAMES = ("name", "display_name")
SECTIONS = ("section", "group")


def parse_submissions(text: str) -> Iterator[RosterEntry | RosterFault]:
    """Each student with the line it begins in."""
    try:
        for _ in parse_documents(text.encode()):  # rejects duplicate keys and alias bombs
            pass
        nodes = list(compose_nodes(text))
    except (MalformedDocumentError, yaml.YAMLError) as error:
        yield RosterFault(0, f"The file cannot be read as YAML: {' '.join(str(error).split())}.")
        return
    for node in nodes:
        if node is not None and not _is_empty(node):
            yield from _parse_document(node)


def _parse_document(node: yaml.Node) -> Iterator[RosterEntry | RosterFault]:
    kind = _text_of(_find_child(node, "kind"))
    if kind != KIND:
        yield RosterFault(_line_of(node), f"kind is {quote_text(kind)}; a roster's is {KIND}.")
        return
    listed = _find_child(node, "students")
    if listed is not None and _is_empty(listed):
        return
    if not isinstance(listed, yaml.SequenceNode):
        yield RosterFault(_line_of(listed or node), f"students must be a list, each with {LOGIN}.")
        return
    for each in listed.value:
        yield _parse_student(each)


def _parse_student(node: yaml.Node) -> RosterEntry | RosterFault:
    if not isinstance(node, yaml.MappingNode):
        return RosterFault(_line_of(node), f"a student must be a mapping with {LOGIN}.")
    fields = {
        "login": _find_child(node, LOGIN),
        "name": _find_first(node, NAMES),
        "section": _find_first(node, SECTIONS),
    }
    for value in fields.values():
        if value is not None and not isinstance(value, yaml.ScalarNode):
            return RosterFault(_line_of(value), f"{LOGIN}, name and section must be text.")
    return RosterEntry(
        _line_of(node), **{field: _text_of(value) for field, value in fields.items()}
    )


def _find_first(node: yaml.Node, keys: tuple[str, ...]) -> yaml.Node | None:
    return next((found for key in keys if (found := _find_child(node, key))), None)


def _find_child(node: yaml.Node, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _text_of(node: yaml.Node | None) -> str:
    """Text as written: a login of digits stays text."""
    if not isinstance(node, yaml.ScalarNode) or _is_empty(node):
        return ""
    return str(node.value).strip(" ")


def _line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
