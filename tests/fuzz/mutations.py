"""Files of the corpus, a little wrong: in their bytes, or in their values."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from netpol.load import MalformedDocumentError, parse_documents
from tests.netpol.hostile import CASES

CORPUS = Path(__file__).with_name("corpus")
TOKENS = [
    *(b"*a", b"&a ", b"<<: ", b"null", b"~", b"{}", b"[]", b"{", b"}", b"[", b"]", b"? ", b": "),
    *(
        b"- ",
        b"---\n",
        b"...\n",
        b"!!str ",
        b"!!int ",
        b"!x ",
        b"|\n",
        b">\n",
        b"%YAML 9.9\n",
        b"#",
    ),
    *(
        b"\0",
        b"\xff",
        b"\xed\xa0\x80",
        b'"\\ud800"',
        b'"\\u0000"',
        b'"\\e[2J"',
        b"\t",
        b"\r",
        b"\xc2\x85",
    ),
    *(b"1e999", b"-1", b"9" * 5000, b"0x", b".inf", b".nan", b"NaN", b"true", b"2026-01-01"),
    *(b"kind: List\nitems:\n", b'"items": null,', b"\xef\xbb\xbf", b"'", b'"', b",", b"\n", b"  "),
]
VALUES: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        -1,
        80,
        65536,
        10**39,
        0.5,
        float("inf"),
        "",
        "80",
        "a",
        "\0",
        "\ud800",
    ),
    *([], {}, [None], [[]], {"": None}, {"a": {}}, "10.0.0.0/8", "::/0", "\x1b[2J\n", "x" * 70_000),
    *([{}] * 3000, {f"k{number}": "v" for number in range(300)}, "In", "Ingress", "Egress"),
]


def seeds() -> list[bytes]:
    files = [file.read_bytes() for file in sorted(CORPUS.iterdir())]
    return [*files, *(case(3000) for case in CASES.values())]


def mutated(random: Random, listed: list[bytes]) -> bytes:
    content = random.choice(listed)
    if random.random() < 0.6 and (changed := _values(random, content)):
        content = changed
    if random.random() < 0.5:
        for _ in range(random.randint(1, 8)):
            content = random.choice(_BYTES)(random, content, listed)
    return content[:200_000]


def _values(random: Random, content: bytes) -> bytes | None:
    """The same as JSON, with a few values that are others; `None` for what cannot be read."""
    try:
        objects = list(parse_documents(content))
    except MalformedDocumentError:
        return None
    for _ in range(random.randint(1, 4)):
        places = [place for each in objects for place in _places(each)]
        if not places:
            return None
        holder, key = random.choice(places)
        other, known = random.choice(places)
        holder[key] = _copied(random.choice([random.choice(VALUES), other[known]]))
    return b"\n".join(json.dumps(each).encode() for each in objects)


def _copied(value: Any) -> Any:
    """A value that is put into itself would have no end."""
    return json.loads(json.dumps(value))


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Where values stand, not too deep and not too many of one list."""
    found: list[tuple[Any, Any]] = []
    level = [value]
    for _ in range(20):
        below = [(each, key) for each in level for key in _keys(each)]
        found += below
        level = [each[key] for each, key in below]
    return found


def _keys(value: Any) -> list[Any]:
    keys = (
        list(value)
        if isinstance(value, dict)
        else range(len(value) if isinstance(value, list) else 0)
    )
    return list(keys)[:50]


def _flip(random: Random, content: bytes, _: list[bytes]) -> bytes:
    at = random.randrange(len(content) + 1)
    return content[:at] + bytes([random.randrange(256)]) + content[at + 1 :]


def _insert(random: Random, content: bytes, _: list[bytes]) -> bytes:
    at = random.randrange(len(content) + 1)
    return content[:at] + random.choice(TOKENS) + content[at:]


def _cut(random: Random, content: bytes, _: list[bytes]) -> bytes:
    at = random.randrange(len(content) + 1)
    return content[:at] + content[at + random.randint(1, 40) :]


def _repeat(random: Random, content: bytes, _: list[bytes]) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    at = random.randrange(len(lines))
    return b"".join([*lines[:at], *lines[at : at + 3] * random.choice([2, 2, 50]), *lines[at:]])


def _splice(random: Random, content: bytes, listed: list[bytes]) -> bytes:
    other = random.choice(listed)
    return content[: random.randrange(len(content) + 1)] + other[random.randrange(len(other) + 1) :]


Mutation = Callable[[Random, bytes, list[bytes]], bytes]
_BYTES: list[Mutation] = [_flip, _insert, _insert, _cut, _repeat, _splice]
