"""What all objects have: a name, perhaps a namespace, labels; and the selectors of labels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from netpol import validate
from netpol.model import LabelRequirement, Operator, Selector
from netpol.parse.field import (
    FaultReport,
    Json,
    ManifestFault,
    ManifestField,
    format_value,
    ignore_warning,
    make_printable,
    suggest_quotes,
)

_MAX_SUBJECT = 63 + 1 + 253
"""Characters of a namespace, a slash and a name."""
_MAX_ANNOTATIONS = 256 << 10
"""Bytes of all annotations together, keys and values."""
_OPERATORS = ", ".join(Operator)


@dataclass(frozen=True, slots=True)
class ParsedMetadata:
    """An object's metadata, and its `root` field; `namespace` is empty for a cluster-wide one."""

    root: ManifestField
    namespace: str
    name: str
    labels: Mapping[str, str]

    @classmethod
    def from_manifest(
        cls,
        manifest: Json,
        namespace: str,
        check_name: Callable[[str], str | None],
        warn: Callable[[ManifestFault], object] = ignore_warning,
    ) -> "ParsedMetadata":
        """Parse the metadata; `namespace` applies where the manifest names none."""
        root = ManifestField("", manifest, FaultReport(format_subject(manifest, namespace), warn))
        metadata = root.child("metadata")
        for name in metadata.as_object():
            if name in _BOOKKEEPING:
                _BOOKKEEPING[name](metadata.child(name))
        place = metadata.child("namespace")
        return cls(
            root,
            (place.as_text(_check_namespace) or namespace) if namespace else "",
            _parse_name(metadata.child("name"), check_name),
            parse_labels(metadata.child("labels")),
        )

    def warn_of_unknown_fields(self, *known: str) -> None:
        self.root.expect_fields("apiVersion", "kind", "metadata", *known)
        self.root.child("metadata").expect_fields("name", "namespace", "labels", *_BOOKKEEPING)


def format_subject(manifest: Json, namespace: str = "default") -> str:
    """How faults name the object, `NAMESPACE/NAME`, whatever its metadata is like."""
    metadata = manifest.get("metadata") if isinstance(manifest, dict) else None
    given = metadata if isinstance(metadata, dict) else {}
    name = str(given.get("name") or "(no name)")
    named = f"{given.get('namespace') or namespace}/{name}" if namespace else name
    return make_printable(named, _MAX_SUBJECT)


def _check_namespace(text: str) -> str | None:
    return validate.check_dns_label(text) if text else None


def _parse_name(field: ManifestField, check: Callable[[str], str | None]) -> str:
    if field.value in (None, ""):
        field.add_fault("is required")
        return ""
    return field.as_text(check)


def parse_labels(field: ManifestField) -> dict[str, str]:
    """Labels whose keys and values the API server accepts."""
    pairs = _parse_texts(field, validate.check_label_key)
    for key, value in pairs.items():
        if problem := validate.check_label_value(value):
            field.add_fault(f"the value of {format_value(key)}, {format_value(value)}, {problem}")
    return pairs


def _check_annotations(field: ManifestField) -> None:
    """Keys as those of labels, but in any case; values any text, within bounds."""
    pairs = _parse_texts(field, lambda key: validate.check_label_key(key.lower()))
    size = sum(len((key + text).encode(errors="replace")) for key, text in pairs.items())
    if size > _MAX_ANNOTATIONS:
        field.add_fault(f"has {size} bytes, and must have no more than {_MAX_ANNOTATIONS}")


def _parse_texts(field: ManifestField, check_key: Callable[[str], str | None]) -> dict[str, str]:
    """The entries of an object whose values are text; `null` is the empty text."""
    texts = {}
    for key, value in field.as_object().items():
        if problem := check_key(key):
            field.add_fault(f"the key {format_value(key)} {problem}")
        if value is None or isinstance(value, str):
            texts[key] = value or ""
        else:
            shown = f"{format_value(value)}{suggest_quotes(value)}"
            field.add_fault(f"the value of {format_value(key)} must be text, not {shown}")
    return texts


def _check_texts(field: ManifestField) -> None:
    for item in field.as_list():
        item.as_text()


_BOOKKEEPING: Mapping[str, Callable[[ManifestField], object]] = {
    **dict.fromkeys(("generateName", "selfLink", "uid", "resourceVersion"), ManifestField.as_text),
    **dict.fromkeys(("creationTimestamp", "deletionTimestamp"), ManifestField.as_text),
    **dict.fromkeys(("generation", "deletionGracePeriodSeconds"), ManifestField.as_whole_number),
    **dict.fromkeys(("ownerReferences", "managedFields"), ManifestField.as_list),
    "finalizers": _check_texts,
    "annotations": _check_annotations,
}
"""The other fields of metadata: they have a type, but no meaning here."""


def parse_selector(field: ManifestField) -> Selector:
    """The requirements of a label selector: "matchLabels and matchExpressions are ANDed", and null
    is `{}`.
    """
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
    texts = tuple(value.as_text(validate.check_label_value) for value in values.as_list())
    if operator not in set(Operator):
        return LabelRequirement(key, Operator.IN)
    if operator in (Operator.IN, Operator.NOT_IN) and not values.value:
        values.add_fault(f"is required with the operator {operator}")
    if operator in (Operator.EXISTS, Operator.DOES_NOT_EXIST) and texts:
        values.add_fault(f"must be left out with the operator {operator}, which tests the key only")
    return LabelRequirement(key, Operator(operator), texts)


def _check_operator(text: str) -> str | None:
    return None if text in set(Operator) else f"is no operator: write one of {_OPERATORS}"
