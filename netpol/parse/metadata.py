"""What all objects have: a name, perhaps a namespace, labels; and the selectors of labels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from netpol import validate
from netpol.parse.field import Fault, Field, Json, Report, advice, printable, shown

_LONGEST = 63 + 1 + 253
"""Characters of a namespace, a slash and a name."""
_MOST_ANNOTATED = 256 << 10
"""Bytes of all annotations together, keys and values."""


def silent(_: Fault) -> None:
    """Nobody asked for warnings."""


@dataclass(frozen=True, slots=True)
class Read:
    """An object whose metadata is read; `namespace` is empty for what lives in none."""

    whole: Field
    namespace: str
    name: str
    labels: Mapping[str, str]

    @classmethod
    def of(
        cls,
        manifest: Json,
        namespace: str,
        wrong_name: Callable[[str], str | None],
        warn: Callable[[Fault], object] = silent,
    ) -> "Read":
        """Read the metadata; `namespace` is meant where the manifest names none."""
        whole = Field("", manifest, Report(subject(manifest, namespace), warn))
        metadata = whole.child("metadata")
        for name in metadata.entries():
            if name in _BOOKKEEPING:
                _BOOKKEEPING[name](metadata.child(name))
        place = metadata.child("namespace")
        return cls(
            whole,
            (place.text(_wrong_place) or namespace) if namespace else "",
            _name(metadata.child("name"), wrong_name),
            labels(metadata.child("labels")),
        )

    def warn_of_unknown_fields(self, *known: str) -> None:
        self.whole.only("apiVersion", "kind", "metadata", *known)
        self.whole.child("metadata").only("name", "namespace", "labels", *_BOOKKEEPING)


def subject(manifest: Json, namespace: str = "default") -> str:
    """How faults name the object, `NAMESPACE/NAME`, whatever state the two are in."""
    metadata = manifest.get("metadata") if isinstance(manifest, dict) else None
    given = metadata if isinstance(metadata, dict) else {}
    name = str(given.get("name") or "(no name)")
    named = f"{given.get('namespace') or namespace}/{name}" if namespace else name
    return printable(named, _LONGEST)


def _wrong_place(text: str) -> str | None:
    return validate.wrong_dns_label(text) if text else None


def _name(field: Field, wrong: Callable[[str], str | None]) -> str:
    if field.value in (None, ""):
        field.fault("is required")
        return ""
    return field.text(wrong)


def labels(field: Field) -> dict[str, str]:
    """Labels with keys and values as the API server accepts them."""
    pairs = {}
    for key, value in field.entries().items():
        if problem := validate.wrong_label_key(key):
            field.fault(f"the key {shown(key)} {problem}")
        pairs[key] = "" if value is None else value
        if not isinstance(pairs[key], str):
            of = f"the value of {shown(key)}"
            field.fault(f"{of} must be text, not {shown(value)}{advice(value)}")
        elif problem := validate.wrong_label_value(pairs[key]):
            field.fault(f"the value of {shown(key)}, {shown(value)}, {problem}")
    return pairs


def _annotations(field: Field) -> None:
    """Keys as those of labels, but in any case; values any text, within bounds."""
    size = 0
    for key, value in field.entries().items():
        if problem := validate.wrong_label_key(key.lower()):
            field.fault(f"the key {shown(key)} {problem}")
        text = "" if value is None else value
        if not isinstance(text, str):
            field.fault(f"the value of {shown(key)} must be text, not {shown(text)}{advice(text)}")
        else:
            size += len((key + text).encode(errors="replace"))
    if size > _MOST_ANNOTATED:
        field.fault(f"has {size} bytes, and must have no more than {_MOST_ANNOTATED}")


def _texts(field: Field) -> None:
    for each in field.items():
        each.text()


_BOOKKEEPING: Mapping[str, Callable[[Field], object]] = {
    **dict.fromkeys(("generateName", "selfLink", "uid", "resourceVersion"), Field.text),
    **dict.fromkeys(("creationTimestamp", "deletionTimestamp"), Field.text),
    **dict.fromkeys(("generation", "deletionGracePeriodSeconds"), Field.whole_number),
    **dict.fromkeys(("ownerReferences", "managedFields"), Field.items),
    "finalizers": _texts,
    "annotations": _annotations,
}
"""The rest of what the API knows of metadata; of no meaning here, but of a type."""
