"""What the commands about a lab take: the lab, files, the namespace to be measured by it."""

import argparse
import sys
from dataclasses import dataclass, field

from netpol import load
from netpol.cli import inputs, labs
from netpol.cli.where import Where
from netpol.lab import Lab
from netpol.load import ManifestSet
from netpol.parse import Json


@dataclass(frozen=True, slots=True)
class Case:
    """A namespace to be measured by a lab. `policies` are as `inputs.theirs` has them."""

    lab: Lab
    namespace: str
    written: ManifestSet
    policies: list[Json] = field(hash=False)
    where: Where = field(hash=False)


def add_to(parser: argparse.ArgumentParser) -> None:
    labs.add_to(parser)
    inputs.add_files(parser)
    inputs.add_namespace(parser)


def case(options: argparse.Namespace) -> Case:
    """Raises `Refused`."""
    lab = labs.named(options.lab)
    found = load.load_manifest_set(
        options.paths, stdin=sys.stdin.buffer, namespace=options.namespace
    )
    policies = inputs.theirs(found, options.namespace)
    return Case(lab, options.namespace, found, policies, Where(options.paths))
