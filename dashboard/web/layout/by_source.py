"""How many flows of the lab's report each source may open, by the source's title."""

from collections import Counter
from collections.abc import Mapping

from netpol.assess import Assessment
from netpol.diff.assessments import count_allowed_by_source
from netpol.lab import Lab
from netpol.model import Outcome


def allowed_counts(lab: Lab, assessment: Assessment) -> dict[str, int]:
    return _titled(lab, count_allowed_by_source(lab, assessment))


def expected_counts(lab: Lab) -> dict[str, int]:
    wanted = Counter(flow.source for flow in lab.reported_flows if flow.expected is Outcome.ALLOW)
    return _titled(lab, {flow.source: wanted[flow.source] for flow in lab.reported_flows})


def _titled(lab: Lab, counts: Mapping[str, int]) -> dict[str, int]:
    return {lab.find_entity(source).title: count for source, count in counts.items()}
