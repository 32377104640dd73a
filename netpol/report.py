"""The lab's Part 9: what a policy file does to the lab's flows, as JSON and as a table.

The keys, their order and the table are those of the course's own script, so that two reports can
be laid side by side. A verdict that is not known is `null` and `UNKNOWN`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from netpol.assess import assess_namespace
from netpol.lab import Flow, Lab
from netpol.model import Cluster, Outcome
from netpol.parse import Json

MATRIX = "networkpolicy_flow_matrix.png"
BY_SOURCE = "networkpolicy_allowed_by_source.png"
PICTURES = (MATRIX, BY_SOURCE)
"""The files that `netpol.report_charts` draws."""


@dataclass(frozen=True, slots=True)
class FlowOutcomes:
    flow: Flow
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """The lab's own flows without any policy, and with those of a file."""

    policy_file: str
    namespace: str
    rows: tuple[FlowOutcomes, ...]

    @property
    def counts(self) -> dict[str, int]:
        rows = self.rows
        return {
            "total_flows": len(rows),
            "allowed_before": sum(row.before is Outcome.ALLOW for row in rows),
            "allowed_after": sum(row.after is Outcome.ALLOW for row in rows),
            "expected_after_allow": sum(row.flow.expected is Outcome.ALLOW for row in rows),
            "expectation_mismatches": sum(row.after is not row.flow.expected for row in rows),
        }

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.flow.source for row in self.rows))


@dataclass(frozen=True, slots=True)
class ReportArtifacts:
    """The other files of a report; `chart_error` is why the charts are missing."""

    summary: str
    charts: tuple[str, ...] = ()
    chart_error: str = ""


def build_report(lab: Lab, policy_file: str, namespace: str, cluster: Cluster) -> PolicyReport:
    """Evaluate the policies of `cluster` on the lab's placeholders in `namespace`, not on pods.

    A policy of another namespace has no effect there, as anywhere.
    """
    before = assess_namespace(
        lab, replace(cluster, pods=(), policies={}, unsupported=()), namespace
    )
    after = assess_namespace(lab, replace(cluster, pods=()), namespace)
    return PolicyReport(
        policy_file,
        namespace,
        tuple(
            FlowOutcomes(
                flow, before.find_flow(flow.name).predicted, after.find_flow(flow.name).predicted
            )
            for flow in lab.reported_flows
        ),
    )


def build_results(report: PolicyReport, at: datetime, artifacts: ReportArtifacts) -> Json:
    """The content of `results.json`."""
    return {
        "generated_at_utc": at.isoformat(),
        "policy_file": report.policy_file,
        "policy_namespace": report.namespace,
        "summary": report.counts,
        "flows": [_build_result(row) for row in report.rows],
        "summary_markdown": artifacts.summary,
        "charts": list(artifacts.charts),
        **({"chart_error": artifacts.chart_error} if artifacts.chart_error else {}),
    }


def format_summary(report: PolicyReport) -> str:
    """The content of `summary.md`."""
    counts = report.counts
    return "\n".join(
        [
            "# NetworkPolicy Reachability Summary",
            "",
            f"- Policy file: `{report.policy_file}`",
            f"- Evaluated namespace: `{report.namespace}`",
            f"- Total flows evaluated: `{counts['total_flows']}`",
            f"- Allowed before policy: `{counts['allowed_before']}`",
            f"- Allowed after policy: `{counts['allowed_after']}`",
            f"- Expected allowed after policy: `{counts['expected_after_allow']}`",
            f"- Expectation mismatches: `{counts['expectation_mismatches']}`",
            "",
            "| Flow | Before | After | Expected After |",
            "|---|---:|---:|---:|",
            *_format_table(report.rows),
            "",
        ]
    )


def _build_result(row: FlowOutcomes) -> dict[str, str | int | bool | None]:
    return {
        "name": row.flow.name,
        "source": row.flow.source,
        "destination": row.flow.destination,
        "port": row.flow.port,
        "protocol": row.flow.protocol.value,
        "allowed_before": _to_boolean(row.before),
        "allowed_after": _to_boolean(row.after),
        "should_work_after_policy": _to_boolean(row.flow.expected),
    }


def _to_boolean(outcome: Outcome) -> bool | None:
    return {Outcome.ALLOW: True, Outcome.DENY: False}.get(outcome)


def _format_table(rows: Iterable[FlowOutcomes]) -> Iterable[str]:
    for row in rows:
        words = (outcome.upper() for outcome in (row.before, row.after, row.flow.expected))
        yield f"| `{row.flow.name}` | {' | '.join(words)} |"
