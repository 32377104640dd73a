"""What the commands about a lab take: the lab, files, the namespace to be measured by it."""

import argparse
import sys
from dataclasses import dataclass, field

from netpol import load
from netpol.cli import inputs, labs
from netpol.cli.where import PolicyLocator
from netpol.lab import Lab
from netpol.load import ManifestSet
from netpol.parse import Json


@dataclass(frozen=True, slots=True)
class LabCase:
    """A namespace to be measured by a lab. `policies` are as `inputs.theirs` has them."""

    lab: Lab
    namespace: str
    written: ManifestSet
    policies: list[Json] = field(hash=False)
    locator: PolicyLocator = field(hash=False)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    labs.add_argument(parser)
    inputs.add_files(parser)
    inputs.add_namespace(parser)


def load_case(options: argparse.Namespace) -> LabCase:
    """Raises `Refused`."""
    lab = labs.find_lab(options.lab)
    found = load.load_manifest_set(
        options.paths, stdin=sys.stdin.buffer, namespace=options.namespace
    )
    policies = inputs.select_policies(found, options.namespace)
    return LabCase(lab, options.namespace, found, policies, PolicyLocator(options.paths))
