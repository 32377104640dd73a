"""What all objects have: a name, perhaps a namespace, labels; and the selectors of labels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from netpol import validate
from netpol.parse.field import (
    FaultReport,
    Json,
    ManifestFault,
    ManifestField,
    format_value,
    make_printable,
    suggest_quotes,
)

_MAX_SUBJECT = 63 + 1 + 253
"""Characters of a namespace, a slash and a name."""
_MAX_ANNOTATIONS = 256 << 10
"""Bytes of all annotations together, keys and values."""


def ignore_warning(_: ManifestFault) -> None:
    """Nobody asked for warnings."""


@dataclass(frozen=True, slots=True)
class ParsedMetadata:
    """An object whose metadata is read; `namespace` is empty for what lives in none."""

    root: ManifestField
    namespace: str
    name: str
    labels: Mapping[str, str]

    @classmethod
    def from_manifest(
        cls,
        manifest: Json,
        namespace: str,
        wrong_name: Callable[[str], str | None],
        warn: Callable[[ManifestFault], object] = ignore_warning,
    ) -> "ParsedMetadata":
        """Read the metadata; `namespace` is meant where the manifest names none."""
        whole = ManifestField("", manifest, FaultReport(format_subject(manifest, namespace), warn))
        metadata = whole.child("metadata")
        for name in metadata.as_object():
            if name in _BOOKKEEPING:
                _BOOKKEEPING[name](metadata.child(name))
        place = metadata.child("namespace")
        return cls(
            whole,
            (place.as_text(_check_namespace) or namespace) if namespace else "",
            _parse_name(metadata.child("name"), wrong_name),
            parse_labels(metadata.child("labels")),
        )

    def warn_of_unknown_fields(self, *known: str) -> None:
        self.root.expect_fields("apiVersion", "kind", "metadata", *known)
        self.root.child("metadata").expect_fields("name", "namespace", "labels", *_BOOKKEEPING)


def format_subject(manifest: Json, namespace: str = "default") -> str:
    """How faults name the object, `NAMESPACE/NAME`, whatever state the two are in."""
    metadata = manifest.get("metadata") if isinstance(manifest, dict) else None
    given = metadata if isinstance(metadata, dict) else {}
    name = str(given.get("name") or "(no name)")
    named = f"{given.get('namespace') or namespace}/{name}" if namespace else name
    return make_printable(named, _MAX_SUBJECT)


def _check_namespace(text: str) -> str | None:
    return validate.check_dns_label(text) if text else None


def _parse_name(field: ManifestField, wrong: Callable[[str], str | None]) -> str:
    if field.value in (None, ""):
        field.add_fault("is required")
        return ""
    return field.as_text(wrong)


def parse_labels(field: ManifestField) -> dict[str, str]:
    """Labels with keys and values as the API server accepts them."""
    pairs = {}
    for key, value in field.as_object().items():
        if problem := validate.check_label_key(key):
            field.add_fault(f"the key {format_value(key)} {problem}")
        pairs[key] = "" if value is None else value
        if not isinstance(pairs[key], str):
            of = f"the value of {format_value(key)}"
            field.add_fault(f"{of} must be text, not {format_value(value)}{suggest_quotes(value)}")
        elif problem := validate.check_label_value(pairs[key]):
            field.add_fault(f"the value of {format_value(key)}, {format_value(value)}, {problem}")
    return pairs


def _check_annotations(field: ManifestField) -> None:
    """Keys as those of labels, but in any case; values any text, within bounds."""
    size = 0
    for key, value in field.as_object().items():
        if problem := validate.check_label_key(key.lower()):
            field.add_fault(f"the key {format_value(key)} {problem}")
        text = "" if value is None else value
        if not isinstance(text, str):
            shown, advice = format_value(text), suggest_quotes(text)
            field.add_fault(f"the value of {format_value(key)} must be text, not {shown}{advice}")
        else:
            size += len((key + text).encode(errors="replace"))
    if size > _MAX_ANNOTATIONS:
        field.add_fault(f"has {size} bytes, and must have no more than {_MAX_ANNOTATIONS}")


def _check_texts(field: ManifestField) -> None:
    for each in field.as_list():
        each.as_text()


_BOOKKEEPING: Mapping[str, Callable[[ManifestField], object]] = {
    **dict.fromkeys(("generateName", "selfLink", "uid", "resourceVersion"), ManifestField.as_text),
    **dict.fromkeys(("creationTimestamp", "deletionTimestamp"), ManifestField.as_text),
    **dict.fromkeys(("generation", "deletionGracePeriodSeconds"), ManifestField.as_whole_number),
    **dict.fromkeys(("ownerReferences", "managedFields"), ManifestField.as_list),
    "finalizers": _check_texts,
    "annotations": _check_annotations,
}
"""The rest of what the API knows of metadata; of no meaning here, but of a type."""
