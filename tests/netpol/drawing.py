"""Truth tables as drawings: what policies in namespace x do to a few pods, and what they should do.

`.` is allowed, `X` denied, `?` unknown; sources are rows, destinations columns.
"""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address

import yaml

from netpol.evaluate import decide_connection
from netpol.model import (
    Cluster,
    ContainerPort,
    Endpoint,
    LabeledNamespace,
    Outcome,
    OutsideAddress,
    Pod,
    Policy,
    Protocol,
    UnsupportedPolicy,
    build_cluster,
)
from netpol.parse import parse_policy

SIGNS = {Outcome.ALLOW: ".", Outcome.DENY: "X", Outcome.UNKNOWN: "?"}
_SIGNS = {True: ".", False: "X", None: "?"}
NAMESPACES = (LabeledNamespace("x", {"team": "red"}), LabeledNamespace("y", {"team": "blue"}))


def pod(
    name: str,
    *addresses: str,
    ports: Iterable[ContainerPort] = (),
    host_network: bool = False,
    **labels: str,
) -> Pod:
    """`pod("x/a")` has the label `pod: a`, and an address if none is given."""
    namespace, _, short = name.partition("/")
    number = "xyz".index(namespace) * 10 + "abc".index(short)
    return Pod(
        namespace,
        short,
        {"pod": short, **labels},
        tuple(ports),
        tuple(ip_address(address) for address in addresses or (f"10.0.0.{number}",)),
        host_network,
    )


PODS = (pod("x/a"), pod("x/b"), pod("y/a"))


def policies(*specs: str, namespace: str = "x") -> tuple[Policy, ...]:
    """Policies p0, p1… with these specs, each in YAML."""
    return tuple(
        parse_policy(
            {
                "metadata": {"name": f"p{index}", "namespace": namespace},
                "spec": yaml.safe_load(spec),
            }
        )
        for index, spec in enumerate(specs)
    )


def cluster(
    *specs: str, pods: Iterable[Pod] = PODS, unsupported: Iterable[UnsupportedPolicy] = ()
) -> Cluster:
    return build_cluster(NAMESPACES, pods, policies(*specs), unsupported)


def draw(
    state: Cluster,
    port: int = 80,
    protocol: Protocol = Protocol.TCP,
    outside: Iterable[str] = (),
) -> str:
    ends: dict[str, Endpoint] = {f"{pod.namespace}/{pod.name}": pod for pod in state.pods}
    ends |= {address: OutsideAddress(ip_address(address)) for address in outside}
    lines = [" ".join(ends)]
    for name, source in ends.items():
        row = [
            SIGNS[decide_connection(state, source, destination, port, protocol).outcome]
            for destination in ends.values()
        ]
        lines.append(" ".join([name, *row]))
    return "\n".join(lines)


def table(drawing: str) -> str:
    """The drawing as a test has it, without the spaces that align it."""
    return "\n".join(" ".join(line.split()) for line in drawing.strip().splitlines())


def drawn(rows: Mapping[str, Mapping[str, bool | None]]) -> str:
    """A table of answers as a drawing; a pair that is left out is a `-`."""
    lines = [" ".join(rows)]
    for source, row in rows.items():
        cells = (_SIGNS[row[to]] if to in row else "-" for to in rows)
        lines.append(" ".join([source, *cells]))
    return "\n".join(lines)
