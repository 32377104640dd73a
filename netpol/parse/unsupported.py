"""Policy objects of other kinds, which are not evaluated but could change any verdict."""

from netpol.model import UnsupportedPolicy
from netpol.parse.field import Json, make_printable

_POLICY, _CILIUM, _CALICO = "policy.networking.k8s.io", "cilium.io", "projectcalico.org"

KINDS = {
    (_POLICY, "AdminNetworkPolicy"): False,
    (_POLICY, "BaselineAdminNetworkPolicy"): False,
    (_POLICY, "ClusterNetworkPolicy"): False,
    (_CILIUM, "CiliumNetworkPolicy"): True,
    (_CILIUM, "CiliumClusterwideNetworkPolicy"): False,
    (_CALICO, "NetworkPolicy"): True,
    (_CALICO, "GlobalNetworkPolicy"): False,
    ("crd.projectcalico.org", "NetworkPolicy"): True,
    ("crd.projectcalico.org", "GlobalNetworkPolicy"): False,
}
"""API group and kind → whether its objects live in a namespace."""


def parse_unsupported(manifest: Json, *, namespace: str = "default") -> UnsupportedPolicy | None:
    """The object, if it is of a kind in `KINDS`; `None` for every other object.

    `namespace` is meant where the manifest of a namespaced kind names none.
    """
    group = str(manifest.get("apiVersion")).partition("/")[0]
    kind = str(manifest.get("kind"))
    namespaced = KINDS.get((group, kind))
    if namespaced is None:
        return None
    metadata = manifest.get("metadata")
    given = metadata if isinstance(metadata, dict) else {}
    place = str(given.get("namespace") or namespace) if namespaced else None
    return UnsupportedPolicy(kind, make_printable(str(given.get("name") or ""), 253), place)
