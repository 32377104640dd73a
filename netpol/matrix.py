"""Who reaches whom: one port and protocol, all pods of a cluster."""

from collections.abc import Mapping

from netpol.connections import AddressRange, Connections
from netpol.model import Cluster, OutsideAddress, Protocol

Matrix = Mapping[str, Mapping[str, bool | None]]
"""Source → destination → whether it is allowed; `None` where that is unknown."""


def compute_matrix(
    cluster: Cluster,
    port: int,
    protocol: Protocol,
    outside: Mapping[str, OutsideAddress] | None = None,
) -> Matrix:
    """`decide` for every pair, pods as `NAMESPACE/NAME`, addresses outside under their own names.

    Nothing is said of connections between two addresses outside.
    """
    outside = outside or {}
    pods = sorted(cluster.pods, key=lambda pod: (pod.namespace, pod.name))
    names = [f"{pod.namespace}/{pod.name}" for pod in pods]
    rows: dict[str, dict[str, bool | None]] = {
        **{name: dict.fromkeys((*names, *outside), False) for name in names},
        **{name: dict.fromkeys(names, False) for name in outside},
    }
    connections = Connections.from_cluster(cluster)

    def named(end: int | AddressRange) -> list[str]:
        if isinstance(end, int):
            return [f"{pod.namespace}/{pod.name}" for pod in connections.ends[end].pods]
        return [name for name, meant in outside.items() if meant.address in end]

    asked = connections.distinctions.ports.mask_port(port, protocol)
    for cell in connections.list_cells():
        allowed = True if cell.allowed & asked else None
        if (cell.allowed | cell.unknown) & asked:
            for source in named(cell.source):
                rows[source] |= dict.fromkeys(named(cell.destination), allowed)
    return rows | {name: rows[name] | {name: True} for name in names}
