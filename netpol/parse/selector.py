"""Label selectors: `matchLabels` and `matchExpressions`, all ANDed."""

from netpol import validate
from netpol.model import LabelRequirement, Operator, Selector
from netpol.parse.field import ManifestField
from netpol.parse.metadata import parse_labels

_OPERATORS = ", ".join(Operator)


def parse_selector(field: ManifestField) -> Selector:
    """What a selector demands: "matchLabels and matchExpressions are ANDed", and null is `{}`."""
    field.expect_fields("matchLabels", "matchExpressions")
    pairs = parse_labels(field.child("matchLabels"))
    return Selector(
        (
            *(LabelRequirement(key, Operator.IN, (value,)) for key, value in pairs.items()),
            *map(_parse_requirement, field.child("matchExpressions").as_list()),
        )
    )


def _parse_requirement(field: ManifestField) -> LabelRequirement:
    field.expect_fields("key", "operator", "values")
    key = field.child("key").as_text(validate.check_label_key)
    operator = field.child("operator").as_text(_check_operator)
    values = field.child("values")
    listed = tuple(value.as_text(validate.check_label_value) for value in values.as_list())
    if operator not in set(Operator):
        return LabelRequirement(key, Operator.IN)
    if operator in (Operator.IN, Operator.NOT_IN) and not values.value:
        values.add_fault(f"is required with the operator {operator}")
    if operator in (Operator.EXISTS, Operator.DOES_NOT_EXIST) and listed:
        values.add_fault(
            f"must be left out with the operator {operator}, which looks at the key only"
        )
    return LabelRequirement(key, Operator(operator), listed)


def _check_operator(text: str) -> str | None:
    return None if text in set(Operator) else f"is no operator: write one of {_OPERATORS}"
