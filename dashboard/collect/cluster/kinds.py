"""The kinds of objects that a poll lists, as the API server names them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """`group` is empty for the core's own."""

    group: str
    version: str
    plural: str
    name: str

    @property
    def api(self) -> str:
        """Where the server tells which kinds it has of this group and version."""
        return f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"

    def path(self, namespace: str | None = None) -> str:
        """Where to list them: in one namespace, or everywhere."""
        within = f"/namespaces/{namespace}" if namespace else ""
        return f"{self.api}{within}/{self.plural}"


NAMESPACES = Kind("", "v1", "namespaces", "Namespace")
PODS = Kind("", "v1", "pods", "Pod")
POLICIES = Kind("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy")

SERVICES = Kind("", "v1", "services", "Service")
SLICES = Kind("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice")
ROUTES = Kind("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute")
BESIDE = (SERVICES, SLICES, ROUTES)
"""What leads to pods: read where it may be, for a better word on why a flow is blocked."""

_SIG, _CILIUM, _CALICO = "policy.networking.k8s.io", "cilium.io", "projectcalico.org"
UNSUPPORTED = (
    Kind(_SIG, "v1alpha1", "adminnetworkpolicies", "AdminNetworkPolicy"),
    Kind(_SIG, "v1alpha1", "baselineadminnetworkpolicies", "BaselineAdminNetworkPolicy"),
    Kind(_SIG, "v1alpha2", "clusternetworkpolicies", "ClusterNetworkPolicy"),
    Kind(_CILIUM, "v2", "ciliumnetworkpolicies", "CiliumNetworkPolicy"),
    Kind(_CILIUM, "v2", "ciliumclusterwidenetworkpolicies", "CiliumClusterwideNetworkPolicy"),
    Kind(_CALICO, "v3", "networkpolicies", "NetworkPolicy"),
    Kind(_CALICO, "v3", "globalnetworkpolicies", "GlobalNetworkPolicy"),
    Kind(f"crd.{_CALICO}", "v1", "networkpolicies", "NetworkPolicy"),
    Kind(f"crd.{_CALICO}", "v1", "globalnetworkpolicies", "GlobalNetworkPolicy"),
)
"""Not evaluated, but any object of these could change what the evaluated ones say."""
