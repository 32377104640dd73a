"""YAML with the types that JSON has, as kubectl reads it.

A date, a time and `1:30` stay text, numbers may be octal, `yes` and `on` are true (but `y` and `n`,
which kubectl takes for true and false and then refuses, stay text). A key is text whatever it
looks like, and may stand only once. Nothing is built from tags, and what aliases repeat is bounded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_DEPTH = 100
_MAX_REPEATED_NODES = 100_000
_TEXT = "tag:yaml.org,2002:str"

_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"], None),
    **dict.fromkeys(["true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"], True),
    **dict.fromkeys(["false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"], False),
}
_INTEGER = re.compile(r"([-+]?)(0x[0-9A-Fa-f]+|0o[0-7]+|0b[01]+|0[0-7]*|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
MAX_DIGITS = 40


class MalformedDocumentError(ValueError):
    """A file that holds no documents, in one line."""


def parse_yaml_documents(text: str) -> Iterator[Any]:
    """Raises `Malformed`, or `yaml.YAMLError` where it is no YAML."""
    events = yaml.parse(text, Loader=LOADER)
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            yield _DocumentReader(events).read_value(next(events), 0)


@dataclass(slots=True)
class _DocumentReader:
    """One document while its events come in.

    `anchors` holds values with their size; `nodes` counts those seen and those repeated.
    """

    events: Iterator[Any]
    anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    nodes: int = 0
    repeated: int = 0

    def read_value(self, event: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise MalformedDocumentError(
                f"{_format_line(event)}is nested more than {MAX_DEPTH} deep"
            )
        if isinstance(event, yaml.AliasEvent):
            return self._resolve_alias(event)
        before = self.nodes
        self.nodes += 1
        match event:
            case yaml.SequenceStartEvent():
                value: Any = self._read_list(depth)
            case yaml.MappingStartEvent():
                value = self._read_mapping(depth)
            case _:
                value = _read_scalar(event)
        if event.anchor:
            self.anchors[event.anchor] = (value, self.nodes - before)
        return value

    def _resolve_alias(self, event: Any) -> Any:
        if event.anchor not in self.anchors:
            raise MalformedDocumentError(
                f"{_format_line(event)}the alias *{event.anchor} has no anchor before it"
            )
        value, size = self.anchors[event.anchor]
        self.nodes += size
        self.repeated += size
        if self.repeated > _MAX_REPEATED_NODES:
            raise MalformedDocumentError(f"{_format_line(event)}aliases repeat too much")
        return value

    def _read_list(self, depth: int) -> list[Any]:
        values = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            values.append(self.read_value(event, depth + 1))
        return values

    def _read_mapping(self, depth: int) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.read_value(event, depth + 1)
            value = self.read_value(next(self.events), depth + 1)
            if _is_merge(event):
                merged = {**_merge_mappings(event, value), **merged}
            elif (name := _format_key(event, key)) in own:
                raise MalformedDocumentError(f'{_format_line(event)}the key "{name}" stands twice')
            else:
                own[name] = value
        return {**merged, **own}


def _is_merge(event: Any) -> bool:
    return isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]


def _merge_mappings(event: Any, value: Any) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for source in value if isinstance(value, list) else [value]:
        if not isinstance(source, dict):
            raise MalformedDocumentError(f"{_format_line(event)}only mappings can be merged")
        merged = {**source, **merged}
    return merged


def _format_key(event: Any, key: Any) -> str:
    match key:
        case str():
            return key
        case bool():
            return "true" if key else "false"
        case int() | float():
            return str(key)
    raise MalformedDocumentError(f"{_format_line(event)}a key must be text")


def _read_scalar(event: Any) -> Any:
    if event.tag == _TEXT or (event.tag is None and not event.implicit[0]):
        return event.value
    return _read_plain_scalar(event.value)


def _read_plain_scalar(text: str) -> Any:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    digits = text.replace("_", "")
    if len(digits) > MAX_DIGITS:
        return text
    if integer := _INTEGER.fullmatch(digits):
        sign, number = integer.groups()
        octal = number.isdecimal() and number.startswith("0")
        return int(sign + number, 8 if octal else 0)
    if _FLOAT.fullmatch(digits):
        real = float(digits)
        return int(real) if real.is_integer() else real
    return text


def _format_line(event: Any) -> str:
    return f"line {event.start_mark.line + 1}: "
