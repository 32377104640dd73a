"""Show which pod reaches which on one port, by the NetworkPolicies in the files."""

import argparse
import json
from collections.abc import Iterator

from netpol import validate
from netpol.cli import inputs
from netpol.matrix import Matrix, compute_matrix
from netpol.model import OutsideAddress, Protocol

_SIGNS = {True: ".", False: "X", None: "?"}
_LEGEND = ". allowed   X denied   ? unknown   - not asked"


HELP = "which pod reaches which, on one port"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    inputs.add_files(parser)
    inputs.add_port(parser)
    parser.add_argument(
        "--address",
        type=_parse_address,
        metavar="ADDRESS",
        dest="addresses",
        action="append",
        default=[],
        help="an address outside the cluster, as source and destination; may be repeated",
    )
    inputs.add_reading(parser)
    inputs.add_output(parser, "json")


def run_command(options: argparse.Namespace) -> int:
    """Print the matrix. Without one, standard output stays empty and the status is 2."""
    cluster = inputs.read_cluster(options)
    outside = dict(options.addresses)
    inputs.print_warnings(
        f"--address {name} is the address of pod {pod.namespace}/{pod.name}; here it stands for "
        "something outside the cluster"
        for name, end in outside.items()
        for pod in cluster.pods
        if end.address in pod.addresses
    )
    protocol = Protocol(options.protocol)
    allowed = compute_matrix(cluster, options.port, protocol, outside)
    if options.output == "json":
        answer = {"port": options.port, "protocol": protocol, "allowed": allowed}
        print(json.dumps(answer, indent=2))
    else:
        print(f"{protocol} port {options.port}, from row to column.   {_LEGEND}")
        print(*_format_table(allowed), sep="\n")
    return 0


def _format_table(allowed: Matrix) -> Iterator[str]:
    """Columns have the numbers of the rows, because names are too wide for columns."""
    names = list(allowed)
    digits = len(str(len(names)))
    rows = [f"{number:>{digits}} {name}" for number, name in enumerate(names, 1)]
    width = max(map(len, rows), default=0)
    yield " ".join([" " * width, *(f"{number:>{digits}}" for number in range(1, len(names) + 1))])
    for name, row in zip(names, rows, strict=True):
        signs = (_SIGNS[allowed[name][to]] if to in allowed[name] else "-" for to in names)
        yield " ".join([f"{row:<{width}}", *(f"{sign:>{digits}}" for sign in signs)])


def _parse_address(text: str) -> tuple[str, OutsideAddress]:
    address = validate.parse_address(text)
    if address is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no IP address")
    return text, OutsideAddress(address)
