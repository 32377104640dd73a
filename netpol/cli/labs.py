"""What the commands about a lab share: the lab, the namespace, its policies and its diagnosis."""

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path

from netpol import lab as labs
from netpol import load
from netpol.cli import inputs
from netpol.cli.locator import PolicyLocator
from netpol.diagnose import NamespaceDiagnosis, diagnose_namespace
from netpol.lab import LABS, Lab, LabError
from netpol.lint import Finding, lint_namespace
from netpol.load import LoadError, ManifestSet
from netpol.parse import Json


@dataclass(frozen=True, slots=True)
class LabCase:
    """A namespace to be measured by a lab.

    `policies` are those of the namespace, and those that name an unknown one: perhaps by mistake.
    """

    lab: Lab
    namespace: str
    written: ManifestSet
    policies: list[Json] = field(hash=False)
    locator: PolicyLocator = field(hash=False)

    def diagnose(self) -> "LabResult":
        return LabResult(
            self,
            diagnose_namespace(self.lab, self.written.cluster, self.namespace, self.policies),
            lint_namespace(self.lab, self.namespace, self.written, self.policies),
        )


@dataclass(frozen=True, slots=True)
class LabResult:
    """What `diagnose` and `check` print."""

    case: LabCase
    diagnosis: NamespaceDiagnosis
    findings: tuple[Finding, ...]

    @property
    def met_count(self) -> int:
        return sum(each.predicted is each.flow.expected for each in self.diagnosis.flows)

    @property
    def summary(self) -> str:
        return f"{self.met_count} of {len(self.diagnosis.flows)} flows are as the lab wants them."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "lab", metavar="LAB", help="a lab file, or the name of one in labs/ without its ending"
    )
    inputs.add_files(parser)
    parser.add_argument(
        "--namespace",
        type=inputs.parse_namespace,
        required=True,
        metavar="NS",
        help="the namespace to look at, and that of manifests which name none",
    )


def load_case(options: argparse.Namespace) -> LabCase:
    """Raises `LoadError`."""
    namespace = options.namespace
    lab = find_lab(options.lab)
    written = load.load_manifest_set(options.paths, stdin=sys.stdin.buffer, namespace=namespace)
    known = {*written.cluster.namespaces, *(pod.namespace for pod in written.cluster.pods)}
    policies = [
        policy
        for policy in written.policies
        if (named := policy["metadata"].get("namespace") or namespace) == namespace
        or not isinstance(named, str)
        or named not in known
    ]
    return LabCase(lab, namespace, written, policies, PolicyLocator(options.paths))


def find_lab(name: str) -> Lab:
    """The lab in a file, or the one of this name that is part of netpol. Raises `LoadError`."""
    known = LABS / f"{name}.yaml"
    file = Path(name) if Path(name).suffix or "/" in name or not known.is_file() else known
    if not file.is_file():
        stems = {path.stem for path in LABS.glob("*.yaml")}
        shipped = sorted(stems - {f"{stem}-solution" for stem in stems})
        raise LoadError([f"{name}: is no lab file; those that come along are {', '.join(shipped)}"])
    try:
        return labs.load_lab(file)
    except LabError as error:
        raise LoadError([str(error)]) from None
