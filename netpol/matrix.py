"""Who reaches whom: one port and protocol, all pods of a cluster."""

from collections.abc import Mapping

from netpol.evaluate import Gate, likenesses, verdict
from netpol.model import Cluster, Direction, Endpoint, Outcome, Outside, Pod, Protocol

Matrix = Mapping[str, Mapping[str, bool | None]]
"""Source → destination → whether it is allowed; `None` where that is unknown."""

_ALLOWED = {Outcome.ALLOW: True, Outcome.DENY: False, Outcome.UNKNOWN: None}


def matrix(
    cluster: Cluster,
    port: int,
    protocol: Protocol,
    outside: Mapping[str, Outside] | None = None,
) -> Matrix:
    """`decide` for every pair, pods as `NAMESPACE/NAME`, addresses outside under their own names.

    Nothing is said of connections between two addresses outside.
    """
    ends = _ends(cluster, outside or {})
    egress = {name: Gate.of(cluster, end, Direction.EGRESS) for name, end in ends.items()}
    ingress = {name: Gate.of(cluster, end, Direction.INGRESS) for name, end in ends.items()}
    alike = likenesses(cluster, egress, ingress)
    homes = {name: end.namespace if isinstance(end, Pod) else None for name, end in ends.items()}
    known: dict[tuple[int, int, bool], bool | None] = {}

    def allowed(source: str, destination: str) -> bool | None:
        if source == destination:
            return True
        pair = alike[source], alike[destination], homes[source] == homes[destination]
        if pair not in known:
            decided = verdict(cluster, egress[source], ingress[destination], port, protocol)
            known[pair] = _ALLOWED[decided.outcome]
        return known[pair]

    return {
        source: {
            destination: allowed(source, destination)
            for destination in ends
            if homes[source] or homes[destination]
        }
        for source in ends
    }


def _ends(cluster: Cluster, outside: Mapping[str, Outside]) -> dict[str, Endpoint]:
    pods = sorted(cluster.pods, key=lambda pod: (pod.namespace, pod.name))
    return {**{f"{pod.namespace}/{pod.name}": pod for pod in pods}, **outside}
