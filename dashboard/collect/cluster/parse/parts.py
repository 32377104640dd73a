"""Parts of a server's JSON that may be missing or malformed: then they are empty."""

from collections.abc import Mapping


def as_mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
