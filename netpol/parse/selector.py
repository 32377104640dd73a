"""Label selectors: `matchLabels` and `matchExpressions`, all ANDed."""

from netpol import validate
from netpol.model import Operator, Requirement, Selector
from netpol.parse.field import Field
from netpol.parse.metadata import labels

_OPERATORS = ", ".join(Operator)


def selector(field: Field) -> Selector:
    """What a selector demands: "matchLabels and matchExpressions are ANDed", and null is `{}`."""
    field.only("matchLabels", "matchExpressions")
    pairs = labels(field.child("matchLabels"))
    return Selector(
        (
            *(Requirement(key, Operator.IN, (value,)) for key, value in pairs.items()),
            *map(_requirement, field.child("matchExpressions").items()),
        )
    )


def _requirement(field: Field) -> Requirement:
    field.only("key", "operator", "values")
    key = field.child("key").text(validate.wrong_label_key)
    operator = field.child("operator").text(_wrong_operator)
    values = field.child("values")
    listed = tuple(value.text(validate.wrong_label_value) for value in values.items())
    if operator not in set(Operator):
        return Requirement(key, Operator.IN)
    if operator in (Operator.IN, Operator.NOT_IN) and not values.value:
        values.fault(f"is required with the operator {operator}")
    if operator in (Operator.EXISTS, Operator.DOES_NOT_EXIST) and listed:
        values.fault(f"must be left out with the operator {operator}, which looks at the key only")
    return Requirement(key, Operator(operator), listed)


def _wrong_operator(text: str) -> str | None:
    return None if text in set(Operator) else f"is no operator: write one of {_OPERATORS}"
