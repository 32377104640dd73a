"""What several commands take: a lab, files, a namespace."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from netpol import lab, load, validate
from netpol.lab import LABS, Lab, LabError
from netpol.load import Refused, Written
from netpol.model import Namespace
from netpol.parse import Json


def add_lab(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "lab", metavar="LAB", help="a lab file, or the name of one in labs/ without its ending"
    )


def add_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-f",
        "--filename",
        metavar="PATH",
        dest="paths",
        action="append",
        required=True,
        help="a file, a folder with all below it, or - for standard input; may be repeated",
    )


def add_namespace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--namespace",
        type=namespace_name,
        required=True,
        metavar="NS",
        help="the namespace to look at, and that of manifests which name none",
    )


def add_output(parser: argparse.ArgumentParser, *forms: str) -> None:
    parser.add_argument(
        "-o", "--output", choices=["text", *forms], default="text", help="text is the default"
    )


def namespace_name(text: str) -> str:
    if problem := validate.wrong_dns_label(text):
        raise argparse.ArgumentTypeError(f"{text!r} {problem}")
    return text


def lab_named(name: str) -> Lab:
    """Raises `LabError`."""
    known = LABS / f"{name}.yaml"
    if Path(name).suffix or "/" in name or not known.is_file():
        if not Path(name).is_file():
            shipped = ", ".join(sorted(_shipped()))
            raise LabError(f"{name}: is no lab file; those that come along are {shipped}")
        return lab.load(Path(name))
    return lab.load(known)


def _shipped() -> list[str]:
    solutions = {f"{path.stem}-solution" for path in LABS.glob("*.yaml")}
    return [path.stem for path in LABS.glob("*.yaml") if path.stem not in solutions]


def written(paths: Sequence[str], namespace: str) -> Written:
    """Raises `Refused`."""
    return load.written(paths, stdin=sys.stdin.buffer, namespace=namespace)


def theirs(found: Written, namespace: str) -> list[Json]:
    """The namespace's policies, and those that name one which nobody knows: perhaps by mistake."""
    known: dict[str, Namespace] = dict(found.cluster.namespaces)
    homes = {pod.namespace for pod in found.cluster.pods}
    return [
        policy
        for policy in found.policies
        if (place := policy["metadata"].get("namespace") or namespace) == namespace
        or not isinstance(place, str)
        or not (place in known or place in homes)
    ]


def refused(error: LabError | Refused) -> int:
    print(error, file=sys.stderr)
    return 2
