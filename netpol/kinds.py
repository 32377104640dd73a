"""The kinds of Kubernetes objects that decide verdicts, as the API server names them.

To support one more kind of policy, give it a parser in `netpol.parse.objects`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ObjectKind:
    """`group` is empty for the core API."""

    group: str
    version: str
    plural: str
    name: str
    is_namespaced: bool = True

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def api_path(self) -> str:
        """The path at which the server lists the kinds of this group and version."""
        return f"/{'apis' if self.group else 'api'}/{self.api_version}"

    def list_path(self, namespace: str | None = None) -> str:
        """The path at which the server lists the objects, of one namespace or of all."""
        within = f"/namespaces/{namespace}" if namespace else ""
        return f"{self.api_path}{within}/{self.plural}"


NAMESPACES = ObjectKind("", "v1", "namespaces", "Namespace", is_namespaced=False)
PODS = ObjectKind("", "v1", "pods", "Pod")
POLICIES = ObjectKind("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy")
EVALUATED = (NAMESPACES, PODS, POLICIES)

_SIG, _CILIUM, _CALICO = "policy.networking.k8s.io", "cilium.io", "projectcalico.org"
UNSUPPORTED = (
    ObjectKind(_SIG, "v1alpha1", "adminnetworkpolicies", "AdminNetworkPolicy", False),
    ObjectKind(
        _SIG, "v1alpha1", "baselineadminnetworkpolicies", "BaselineAdminNetworkPolicy", False
    ),
    ObjectKind(_SIG, "v1alpha2", "clusternetworkpolicies", "ClusterNetworkPolicy", False),
    ObjectKind(_CILIUM, "v2", "ciliumnetworkpolicies", "CiliumNetworkPolicy"),
    ObjectKind(
        _CILIUM, "v2", "ciliumclusterwidenetworkpolicies", "CiliumClusterwideNetworkPolicy", False
    ),
    ObjectKind(_CALICO, "v3", "networkpolicies", "NetworkPolicy"),
    ObjectKind(_CALICO, "v3", "globalnetworkpolicies", "GlobalNetworkPolicy", False),
    ObjectKind(f"crd.{_CALICO}", "v1", "networkpolicies", "NetworkPolicy"),
    ObjectKind(f"crd.{_CALICO}", "v1", "globalnetworkpolicies", "GlobalNetworkPolicy", False),
)
"""Policies that are not evaluated, though any of them could change a verdict."""
