"""YAML and JSON as kubectl reads them."""

import pytest

from netpol.load import MalformedDocumentError, parse_documents
from netpol.load.lines import PolicyLines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 2026-01-01", "2026-01-01"),
        ("a: 2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("a: 12:30", "12:30"),
        ("a: 1.2.3", "1.2.3"),
        ("a: on", True),
        ("a: yes", True),
        ("a: off", False),
        ("a: 'on'", "on"),
        ('a: "yes"', "yes"),
        ("a: y", "y"),
        ("a: n", "n"),
        ("a: ~", None),
        ("a:", None),
        ("a: ''", ""),
        ("a: 80", 80),
        ("a: 080", 80),
        ("a: 010", 8),
        ("a: 0o10", 8),
        ("a: 0x1F", 31),
        ("a: 1_000", 1000),
        ("a: -1", -1),
        ("a: 80.0", 80),
        ("a: 80.5", 80.5),
        ("a: 1e3", 1000),
        ("a: '80'", "80"),
        ("a: !!str 80", "80"),
        ("a: !!int '80'", 80),
        ("a: !custom text", "text"),
        ("a: =", "="),
        ("a: .inf", ".inf"),
        ("a: " + "1" * 5000, "1" * 5000),
        ("b: &b [1]\na: *b", [1]),
        ("b: &b {x: 1, y: 2}\na: {y: 3, <<: *b}", {"x": 1, "y": 3}),
        ("b: &b {x: 1}\nc: &c {x: 2, z: 4}\na: {<<: [*b, *c]}", {"x": 1, "z": 4}),
        ("a: {1: x, true: y, 1.5: z}", {"1": "x", "true": "y", "1.5": "z"}),
        ('{"a": 80.0}', 80),
        ("{a: [1]}", [1]),
        ("\ufeffa: 1", 1),
    ],
)
def test_values_are_what_kubectl_reads(text: str, expected: object) -> None:
    (document,) = parse_documents(text.encode())
    assert document["a"] == expected
    assert type(document["a"]) is type(expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"a: [", "line 2: is not YAML: did not find expected node content"),
        (b"a: 1\na: 2", 'line 2: the key "a" stands twice'),
        (b"1: a\n'1': b", 'line 2: the key "1" stands twice'),
        (b'{"a": {"b": 1, "b": 2}}', 'line 1: the key "b" stands twice'),
        (b"~: a", "line 1: a key must be text"),
        (b"[a]: b", "line 1: a key must be text"),
        (b"a: *b", "line 1: the alias *b has no anchor before it"),
        (b"a: &a [*a]", "line 1: the alias *a has no anchor before it"),
        (b"a: {<<: 1}", "line 1: only mappings can be merged"),
        (b"a: \xff", "is not UTF-8 text (byte 3)"),
        (b'a: "\x00"', "is not YAML: control characters are not allowed (position 4)"),
        (b"[" * 100_000, "line 1: is nested more than 100 deep"),
        (b"- " * 10_000, "line 1: is nested more than 100 deep"),
        (b'{"a":' * 100_000, "line 1: is nested more than 100 deep"),
    ],
)
def test_malformed_files_are_refused_in_one_line(text: bytes, message: str) -> None:
    with pytest.raises(MalformedDocumentError) as caught:
        list(parse_documents(text))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"a: 1", "line 1: is not JSON: Expecting value"),
        (b'{"a": 1,}', "line 1: is not JSON: "),
        (b'{"a": 1, "a": 2}', 'the key "a" stands twice in one object'),
        (b'{"a": NaN}', "is not JSON: NaN is no number there"),
        (b"[" * 100_000, "is nested too deeply"),
    ],
)
def test_json_files_hold_json_alone(text: bytes, message: str) -> None:
    with pytest.raises(MalformedDocumentError) as caught:
        list(parse_documents(text, json_only=True))
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("repeat", ["[{}]", "{{<<: [{}]}}"])
def test_aliases_that_multiply_are_bounded(repeat: str) -> None:
    first = "a0: &a0 {k1: 1, k2: 2, k3: 3, k4: 4, k5: 5, k6: 6, k7: 7, k8: 8, k9: 9}\n"
    more = [
        f"a{level}: &a{level} {repeat.format(', '.join([f'*a{level - 1}'] * 9))}\n"
        for level in range(1, 12)
    ]
    with pytest.raises(MalformedDocumentError, match="aliases repeat too much"):
        list(parse_documents((first + "".join(more)).encode()))


@pytest.mark.parametrize("text", ["[" * 50_000, "- " * 50_000, "{a: " * 50_000, "? " * 50_000])
def test_a_text_that_nobody_read_before_may_be_as_deep_as_it_likes(text: str) -> None:
    assert PolicyLines.from_text(text).find_line("p", ["spec"]) is None


def test_lines_are_found_in_a_text_of_many_documents() -> None:
    text = "kind: NetworkPolicy\nmetadata: {name: p}\nspec:\n  ingress: []\n---\n"
    assert PolicyLines.from_text(f"---\n---\n{text}").find_line("p", ["spec", "ingress"]) == 6


def test_streams_hold_many_documents_some_of_them_empty() -> None:
    assert list(parse_documents(b"---\n---\n# nothing\n---\na: 1\n---\nb: 2\n")) == [
        *(None, None),
        {"a": 1},
        {"b": 2},
    ]
    assert list(parse_documents(b'{"a": 1}\n{"b": 2}')) == [{"a": 1}, {"b": 2}]
    assert list(parse_documents(b"")) == []
    assert list(parse_documents(b" \n", json_only=True)) == []
