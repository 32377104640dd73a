"""Where the policies that a page shows, and their fields, stand on it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from dashboard.assess.manifests import Manifest, anchor
from netpol.load.lines import PolicyLines
from netpol.repair.structure import parse_path


@dataclass(frozen=True, slots=True)
class Places:
    """Policies by name. A text is read once, and only if a field of it is asked for."""

    texts: dict[str, str]
    _read: dict[str, PolicyLines] = field(default_factory=dict)

    @classmethod
    def of(cls, manifests: Iterable[Manifest]) -> Self:
        return cls({manifest.name: manifest.text for manifest in manifests})

    def __contains__(self, policy: str) -> bool:
        return policy in self.texts

    def anchor(self, policy: str, path: str = "") -> str:
        """Of the field's line, or of the nearest field around it; of the policy without a path."""
        return anchor(policy, self.line(policy, path) if path else None)

    def line(self, policy: str, path: str = "") -> int | None:
        """In the text of that policy. Raises `KeyError` for one that the page does not show."""
        if policy not in self._read:
            self._read[policy] = PolicyLines.from_text(self.texts[policy])
        return self._read[policy].find_line(policy, parse_path(path))
