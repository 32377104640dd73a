"""Bytes → documents, read as kubectl reads them: JSON, or YAML that says nothing JSON cannot."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import yaml

from netpol.load.yaml_reader import MAX_DIGITS, MalformedDocumentError, parse_yaml_documents

_SPACE = " \t\r\n"


def parse_documents(content: bytes, *, json_only: bool = False) -> Iterator[Any]:
    """The documents of one file, one after the other; an empty one is `None`.

    Raises `Malformed` with a message of one line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedDocumentError(f"is not UTF-8 text (byte {error.start})") from None
    if json_only:
        yield from _parse_json(text)
        return
    try:
        # What kubectl prints is large and JSON, which is far faster to read as such.
        read = list(_parse_json(text)) if text.lstrip(_SPACE).startswith("{") else None
    except MalformedDocumentError:
        read = None
    yield from _parse_yaml(text) if read is None else read


def _parse_yaml(text: str) -> Iterator[Any]:
    try:
        yield from parse_yaml_documents(text)
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise MalformedDocumentError(f"{line}is not YAML: {error.problem}") from None
    except yaml.reader.ReaderError as error:
        raise MalformedDocumentError(
            f"is not YAML: {error.reason} (position {error.position})"
        ) from None


def _parse_json(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder(
        object_pairs_hook=_build_object,
        parse_int=_parse_integer,
        parse_float=_parse_number,
        parse_constant=_refuse_constant,
    )
    position = _skip_space(text, 0)
    while position < len(text):
        try:
            value, end = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            raise MalformedDocumentError(f"line {error.lineno}: is not JSON: {error.msg}") from None
        except RecursionError:
            raise MalformedDocumentError("is nested too deeply") from None
        yield value
        position = _skip_space(text, end)


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position] in _SPACE:
        position += 1
    return position


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise MalformedDocumentError(f"the key {json.dumps(twice)} stands twice in one object")
    return read


def _parse_integer(text: str) -> float:
    """No field of the API holds one of more digits; to Python they would be an error."""
    return int(text) if len(text) <= MAX_DIGITS else float(text)


def _parse_number(text: str) -> float:
    """80.0 is 80, as it is on its way through kubectl."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _refuse_constant(text: str) -> None:
    raise MalformedDocumentError(f"is not JSON: {text} is no number there")
