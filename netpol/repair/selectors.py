"""The smallest changes by which a label selector selects labels, or no longer does."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product

from netpol.evaluate import selector_matches
from netpol.model import Selector
from netpol.parse import FaultReport, InvalidManifestError, Json, ManifestField
from netpol.parse.metadata import parse_selector as parsed

Labels = Mapping[str, str]
MOST = 4
"""How many changes of one requirement are tried."""
MOST_TOGETHER = 256
"""How many combinations are tried: a long selector has many more."""
LONGEST = 320
"""Characters that are compared; no key or value may have more."""
FLIPPED = {"In": "NotIn", "NotIn": "In", "Exists": "DoesNotExist", "DoesNotExist": "Exists"}


def read_selector(written: Json | None) -> Selector | None:
    """The parsed selector, or `None` if an API server would refuse it."""
    report = FaultReport("selector", lambda _: None)
    found = parsed(ManifestField("selector", written or {}, report))
    try:
        report.raise_faults()
    except InvalidManifestError:
        return None
    return found


def selects_labels(written: Json | None, labels: Labels) -> bool:
    found = read_selector(written)
    return found is not None and selector_matches(found, labels)


def widen_selector(written: Json | None, labels: Labels, hints: Sequence[Json] = ()) -> list[Json]:
    """Selectors that select these labels, made from this one; then hints that do."""
    pairs = dict((written or {}).get("matchLabels") or {})
    expressions = list((written or {}).get("matchExpressions") or ())
    by_label = [_mend_label(key, value, labels)[:MOST] for key, value in pairs.items()]
    by_expression = [_mend_expression(each, labels)[:MOST] for each in expressions]
    made: list[Json] = []
    for ways in islice(product(*by_label, *by_expression), MOST_TOGETHER):
        chosen = {key: value for way in ways[: len(pairs)] for key, value in way.items()}
        listed = [way for way in ways[len(pairs) :] if way]
        parts = {"matchLabels": chosen, "matchExpressions": listed}
        made.append({key: value for key, value in parts.items() if value})
    return [each for each in [*made, *hints] if selects_labels(each, labels)]


def _mend_label(key: str, value: str, labels: Labels) -> list[Json]:
    """The label of `matchLabels` as it is, with another value, under another key, or without it."""
    if labels.get(key) == (value or ""):
        return [{key: value}]
    if key in labels:
        return [{key: labels[key]}, {}]
    same = [{other: value} for other, its in labels.items() if its == value]
    near = sorted(labels, key=lambda other: measure_distance(other, key))
    return [
        *same,
        *({other: labels[other]} for other in near[:1] if measure_distance(other, key) <= 3),
        {},
    ]


def _mend_expression(written: Json, labels: Labels) -> list[Json]:
    """The expression of `matchExpressions` as it is, changed, or without it."""
    is_met = selects_labels({"matchExpressions": [written]}, labels)
    return [written] if is_met else [*_list_mended_expressions(written, labels), {}]


def _list_mended_expressions(written: Json, labels: Labels) -> Iterator[Json]:
    key, operator = str(written.get("key")), written.get("operator")
    values = [value or "" for value in written.get("values") or ()]
    if operator == "In" and key in labels:
        near = min(
            range(len(values)), key=lambda i: measure_distance(values[i], labels[key]), default=None
        )
        if near is not None:
            replaced = [*values[:near], labels[key], *values[near + 1 :]]
            appended = [*values, labels[key]]
            wrong = measure_distance(values[near], labels[key]) <= 3
            for each in (replaced, appended) if wrong else (appended, replaced):
                yield {**written, "values": each}
    if operator == "NotIn" and key in labels:
        rest = [value for value in values if value != labels[key]]
        if rest:
            yield {**written, "values": rest}
    if operator in FLIPPED:
        flipped = {**written, "operator": FLIPPED[operator]}
        if selects_labels({"matchExpressions": [flipped]}, labels):
            yield flipped
    for other in sorted(labels, key=lambda other: measure_distance(other, key)):
        renamed = {**written, "key": other}
        if other != key and selects_labels({"matchExpressions": [renamed]}, labels):
            yield renamed


def narrow_selector(written: Json | None, labels: Labels, hints: Sequence[Json] = ()) -> list[Json]:
    """Selectors that do not select these labels, made from this one; then hints that do not."""
    made: list[Json] = []
    for index, each in enumerate((written or {}).get("matchExpressions") or ()):
        for way in _narrow_expression(each, labels):
            listed = [*written["matchExpressions"]] if written else []
            listed[index] = way
            made.append({**(written or {}), "matchExpressions": listed})
    return [
        each for each in [*made, *hints] if read_selector(each) and not selects_labels(each, labels)
    ]


def _narrow_expression(written: Json, labels: Labels) -> Iterator[Json]:
    values = [value or "" for value in written.get("values") or ()]
    rest = [value for value in values if value != labels.get(str(written.get("key")))]
    if written.get("operator") == "In" and rest:
        yield {**written, "values": rest}
    if written.get("operator") in FLIPPED:
        yield {**written, "operator": FLIPPED[str(written["operator"])]}


def measure_distance(one: str, other: str) -> int:
    """The edit distance (Levenshtein) of two words."""
    one, other = one[:LONGEST], other[:LONGEST]
    previous = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        current = [i]
        for j, opposite in enumerate(other, 1):
            changed = previous[j - 1] + (letter != opposite)
            current.append(min(previous[j] + 1, current[j - 1] + 1, changed))
        previous = current
    return previous[-1]
