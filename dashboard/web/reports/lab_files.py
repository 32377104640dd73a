"""The files of the lab's Part 9, as its own script writes them, for any recorded state."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from importlib.util import find_spec

from dashboard.active_lab import active_lab
from dashboard.assess.json_columns import load_surroundings
from dashboard.models import Namespace, Snapshot
from dashboard.times.moment import TimeMoment
from netpol import model, parse
from netpol.report import (
    PICTURES,
    PolicyReport,
    ReportArtifacts,
    build_report,
    build_results,
    format_summary,
)

RESULTS, SUMMARY = "results.json", "summary.md"
NAMES = (RESULTS, SUMMARY, *PICTURES)
NO_PICTURES = "Charts need matplotlib, which is not installed on this server"

DrawPicture = Callable[[PolicyReport, str], bytes]


def write_lab_files(
    namespace: Namespace, snapshot: Snapshot, at: datetime, names: Iterable[str]
) -> Iterator[tuple[str, bytes]]:
    """The files called so, of one evaluation, that of a time; without pictures where there is no
    matplotlib.
    """
    made = evaluate_snapshot(namespace, snapshot)
    for name in names:
        content = _write_lab_file(made, at, name)
        if content is not None:
            yield name, content


def _write_lab_file(made: PolicyReport, at: datetime, name: str) -> bytes | None:
    if name == SUMMARY:
        return format_summary(made).encode()
    if name in PICTURES:
        draw = load_drawing()
        return draw(made, name) if draw else None
    artifacts = ReportArtifacts(SUMMARY, PICTURES)
    if not can_draw_pictures():
        artifacts = ReportArtifacts(SUMMARY, (), NO_PICTURES)
    return f"{json.dumps(build_results(made, at, artifacts), indent=2)}\n".encode()


def evaluate_snapshot(namespace: Namespace, snapshot: Snapshot) -> PolicyReport:
    """The policies that were in force, on the lab's stand-ins, as the lab's script does."""
    stored = snapshot.surroundings
    around = load_surroundings(stored.content, namespace.name) if stored else None
    policies = [
        parse.parse_policy(manifest, namespace=namespace.name)
        for manifest in snapshot.policy_set.manifests
    ]
    cluster = model.build_cluster(
        [
            *(around.namespaces if around else ()),
            model.LabeledNamespace(namespace.name, namespace.labels),
        ],
        (),
        policies,
        around.unsupported if around else (),
    )
    said = f"{namespace.name} since {TimeMoment(snapshot.first_seen)}"
    return build_report(active_lab(), said, namespace.name, cluster)


def can_draw_pictures() -> bool:
    """Told without loading it, which takes a second."""
    return find_spec("matplotlib") is not None


def load_drawing() -> DrawPicture | None:
    try:
        from netpol.report_charts import draw_chart  # noqa: PLC0415  an optional extra
    except ImportError:
        return None
    return draw_chart
