"""Evaluate the lab's flows without any policy and with those of a file, on placeholders for the
lab's pods, and write results.json, summary.md and two charts: the lab's Part 9.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from netpol import load
from netpol.cli import inputs, labs
from netpol.report import PolicyReport, ReportArtifacts, build_report, build_results, format_summary

HELP = "what a policy file does to the lab's flows"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("policies", metavar="POLICY.yaml", help="a file, a folder or -")
    parser.add_argument("--output-dir", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--policy-namespace",
        type=inputs.parse_namespace,
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


def run_command(options: argparse.Namespace) -> int:
    """Write the report. For input that cannot be used nothing is written and the status is 2."""
    namespace = options.policy_namespace
    lab = labs.find_lab(options.lab)
    loaded = load.load_cluster([options.policies], stdin=sys.stdin.buffer, namespace=namespace)
    inputs.print_warnings(loaded.warnings)
    inputs.print_warnings(
        f"there are policies in {elsewhere}, which have no effect in {namespace}: choose the "
        f"namespace with --policy-namespace {elsewhere}"
        for elsewhere in loaded.cluster.policies
        if elsewhere != namespace
    )
    if not loaded.cluster.policies:
        inputs.print_warnings(["there is no NetworkPolicy"])
    report = build_report(lab, options.policies, namespace, loaded.cluster)
    try:
        artifacts = _write_report(report, options.output_dir, charts=not options.no_charts)
    except OSError as error:
        print(f"{options.output_dir}: cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    print(*_format_outcome(report, artifacts), sep="\n")
    return 0


def _write_report(report: PolicyReport, folder: Path, *, charts: bool) -> ReportArtifacts:
    folder.mkdir(parents=True, exist_ok=True)
    summary_path = folder / "summary.md"
    summary_path.write_text(format_summary(report), encoding="utf-8", errors="backslashreplace")
    drawn, error = _draw_charts(report, folder) if charts else ((), "")
    artifacts = ReportArtifacts(str(summary_path), drawn, error)
    content = json.dumps(build_results(report, datetime.now(UTC), artifacts), indent=2)
    (folder / "results.json").write_text(f"{content}\n", encoding="utf-8")
    return artifacts


def _draw_charts(report: PolicyReport, folder: Path) -> tuple[tuple[str, ...], str]:
    """The charts' paths, or why there are none."""
    try:
        from netpol.report_charts import write_charts  # noqa: PLC0415  an optional extra
    except ImportError as error:
        return (), f"charts need matplotlib: {error}"
    return tuple(str(path) for path in write_charts(report, folder)), ""


def _format_outcome(report: PolicyReport, artifacts: ReportArtifacts) -> Iterator[str]:
    counts = report.counts
    yield (
        f"{counts['allowed_after']} of {counts['total_flows']} flows allowed, "
        f"{counts['expectation_mismatches']} not as expected"
    )
    for row in report.rows:
        if row.after is not row.flow.expected:
            yield f"  {row.flow.name}: {row.after}, expected {row.flow.expected}"
    yield f"summary: {artifacts.summary}"
    yield from (f"chart: {chart}" for chart in artifacts.charts)
    if artifacts.chart_error:
        yield artifacts.chart_error
