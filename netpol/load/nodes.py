"""YAML with the places at which it stands, for whoever asks in which line something is."""

from collections.abc import Iterator

import yaml

from netpol.load.events import LOADER, MAX_DEPTH, MalformedDocumentError

_BEGIN = yaml.SequenceStartEvent | yaml.MappingStartEvent
_END = yaml.SequenceEndEvent | yaml.MappingEndEvent


def compose_nodes(text: str) -> Iterator[yaml.Node | None]:
    """Of each document the outermost; raises `Malformed`, or `yaml.YAMLError` for what is no YAML.

    Depth is looked at first: the composer of libyaml follows it on the stack until that ends, and
    the process with it.
    """
    _refuse_too_deep(text)
    return yaml.compose_all(text, Loader=LOADER)


def _refuse_too_deep(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, _BEGIN):
            depth += 1
            if depth > MAX_DEPTH:
                raise MalformedDocumentError(f"is nested more than {MAX_DEPTH} deep")
        elif isinstance(event, _END):
            depth -= 1
