"""`labelSelector` and `fieldSelector` of a request, as predicates over objects."""

import re
from collections.abc import Callable, Mapping

from demo.apiserver.metadata import Object
from demo.apiserver.refusals import bad_request
from netpol.evaluate import selector_matches
from netpol.model import LabelRequirement, Operator, Selector

ObjectFilter = Callable[[Object], bool]

_TERM = re.compile(
    r"""\s*(?:
        (?P<absent>!)?\s*(?P<exists>[^\s,!=()]+)
      | (?P<key>[^\s,!=()]+)\s*(?P<sign>==?|!=)\s*(?P<value>[^\s,!=()]*)
      | (?P<set_key>[^\s,!=()]+)\s+(?P<set>in|notin)\s*\((?P<values>[^()]*)\)
    )\s*(?:,|$)""",
    re.VERBOSE,
)


def parse_selectors(query: Mapping[str, str]) -> ObjectFilter:
    """Whether an object is among those that the request asks for."""
    labels = _parse_labels(query.get("labelSelector", ""))
    fields = _parse_fields(query.get("fieldSelector", ""))
    return lambda item: (
        selector_matches(labels, item["metadata"].get("labels", {})) and fields(item)
    )


def _parse_labels(text: str) -> Selector:
    terms, place = [], 0
    while place < len(text):
        term = _TERM.match(text, place)
        if term is None or not term[0]:
            raise bad_request(f"unable to parse requirement: {text!r}")
        terms.append(_parse_requirement(term))
        place = term.end()
    return Selector(tuple(terms))


def _parse_requirement(term: re.Match[str]) -> LabelRequirement:
    if term["exists"]:
        operator = Operator.DOES_NOT_EXIST if term["absent"] else Operator.EXISTS
        return LabelRequirement(term["exists"], operator)
    if term["set"]:
        values = tuple(value.strip() for value in term["values"].split(","))
        operator = Operator.IN if term["set"] == "in" else Operator.NOT_IN
        return LabelRequirement(term["set_key"], operator, values)
    operator = Operator.NOT_IN if term["sign"] == "!=" else Operator.IN
    return LabelRequirement(term["key"], operator, (term["value"],))


def _parse_fields(text: str) -> ObjectFilter:
    terms = [_parse_field(term) for term in text.split(",") if term]
    return lambda item: all(term(item) for term in terms)


def _parse_field(term: str) -> ObjectFilter:
    parts = re.fullmatch(r"([\w.]+)(==?|!=)(.*)", term)
    if parts is None:
        raise bad_request(f"invalid field selector: {term!r}")
    path, sign, value = parts.groups()
    if path not in {"metadata.name", "metadata.namespace", "spec.nodeName", "status.phase"}:
        raise bad_request(f"field label not supported: {path}")
    outer, inner = path.split(".")
    return lambda item: (item.get(outer, {}).get(inner, "") == value) is (sign != "!=")
