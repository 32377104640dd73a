"""`netpol report`: what a policy file does to the lab's flows, the lab's Part 9."""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from netpol import load
from netpol.cli import labs
from netpol.cli.inputs import namespace_name
from netpol.model import Cluster
from netpol.report import Artifacts, Report, report, results, summary

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "report",
        help="what a policy file does to the lab's flows",
        description="Evaluate the lab's flows without any policy and with those of a file, on "
        "stand-ins for the lab's pods, and write results.json, summary.md and two charts.",
    )
    parser.set_defaults(run=run)
    parser.add_argument("policies", metavar="POLICY.yaml", help="a file, a folder or -")
    parser.add_argument("--output-dir", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--policy-namespace",
        type=namespace_name,
        default="student-dev",
        metavar="NS",
        help="the namespace to evaluate, and that of policies which name none (student-dev)",
    )
    parser.add_argument("--no-charts", action="store_true", help="write no PNG files")
    parser.add_argument(
        "--lab",
        default="week-06-lab-03",
        metavar="LAB",
        help="another lab file, or the name of one that comes along",
    )


def run(options: argparse.Namespace) -> int:
    """Write the report. For input that cannot be used nothing is written and the status is 2."""
    namespace = options.policy_namespace
    course = labs.named(options.lab)
    loaded = load.load_cluster([options.policies], stdin=sys.stdin.buffer, namespace=namespace)
    for warning in (*loaded.warnings, *_without_effect(loaded.cluster, namespace)):
        print(f"warning: {warning}", file=sys.stderr)
    made = report(course, options.policies, namespace, loaded.cluster)
    try:
        artifacts = _write(made, options.output_dir, charts=not options.no_charts)
    except OSError as error:
        print(f"{options.output_dir}: cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    print(*_told(made, artifacts), sep="\n")
    return 0


def _without_effect(cluster: Cluster, namespace: str) -> Iterator[str]:
    """Why nothing may have changed, where that could surprise."""
    for elsewhere in cluster.policies:
        if elsewhere != namespace:
            yield (
                f"there are policies in {elsewhere}, which have no effect in {namespace}: "
                f"choose the namespace with --policy-namespace {elsewhere}"
            )
    if not cluster.policies:
        yield "there is no NetworkPolicy"


def _write(made: Report, folder: Path, *, charts: bool) -> Artifacts:
    folder.mkdir(parents=True, exist_ok=True)
    summary_path = folder / "summary.md"
    summary_path.write_text(summary(made), encoding="utf-8", errors="backslashreplace")
    drawn, error = _draw(made, folder) if charts else ((), "")
    artifacts = Artifacts(str(summary_path), drawn, error)
    content = json.dumps(results(made, datetime.now(UTC), artifacts), indent=2)
    (folder / "results.json").write_text(f"{content}\n", encoding="utf-8")
    return artifacts


def _draw(made: Report, folder: Path) -> tuple[tuple[str, ...], str]:
    """The charts' paths, or why there are none."""
    try:
        from netpol.report_charts import draw  # noqa: PLC0415  an optional extra
    except ImportError as error:
        return (), f"charts need matplotlib: {error}"
    return tuple(str(path) for path in draw(made, folder)), ""


def _told(made: Report, artifacts: Artifacts) -> Iterator[str]:
    counts = made.counts
    yield (
        f"{counts['allowed_after']} of {counts['total_flows']} flows allowed, "
        f"{counts['expectation_mismatches']} not as expected"
    )
    for row in made.rows:
        if row.after is not row.flow.expected:
            yield f"  {row.flow.name}: {row.after}, expected {row.flow.expected}"
    yield f"summary: {artifacts.summary}"
    yield from (f"chart: {chart}" for chart in artifacts.charts)
    if artifacts.chart_error:
        yield artifacts.chart_error
