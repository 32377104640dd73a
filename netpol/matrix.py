"""Who reaches whom: one port and protocol, all pods of a cluster."""

from collections.abc import Mapping

from netpol.evaluate import Gate, verdict
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
    pods = sorted(cluster.pods, key=lambda pod: (pod.namespace, pod.name))
    ends: dict[str, Endpoint] = {f"{pod.namespace}/{pod.name}": pod for pod in pods}
    ends |= outside or {}
    egress = {name: Gate.of(cluster, end, Direction.EGRESS) for name, end in ends.items()}
    ingress = {name: Gate.of(cluster, end, Direction.INGRESS) for name, end in ends.items()}
    return {
        source: {
            destination: _ALLOWED[
                verdict(cluster, egress[source], ingress[destination], port, protocol).outcome
            ]
            for destination in ends
            if isinstance(ends[source], Pod) or isinstance(ends[destination], Pod)
        }
        for source in ends
    }
