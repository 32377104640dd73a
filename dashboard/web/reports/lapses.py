"""What is recorded of the steps that namespaces lost."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from dashboard.assess.changes import Sets
from dashboard.assess.setbacks import Lapse, lapses
from dashboard.models import PolicySet, Snapshot, StoredAssessment

READ = ("namespace_id", "first_seen", "policy_set_id", "assessment_id")


def read_lapses(namespaces: Collection[int], moment: datetime) -> dict[int, list[Lapse]]:
    """Of each up to a moment, by primary key: in two queries, what many states share read once.

    States that were pruned between the two are left out.
    """
    begun = Snapshot.objects.filter(namespace__in=namespaces, first_seen__lte=moment)
    rows = list(begun.only(*READ).order_by("-first_seen"))
    assessments = StoredAssessment.objects.defer("body").in_bulk(
        {row.assessment_id for row in rows}
    )
    histories: defaultdict[int, list[Snapshot]] = defaultdict(list)
    for row in rows:
        if row.assessment_id in assessments:
            row.assessment = assessments[row.assessment_id]
            histories[row.namespace_id].append(row)
    return {key: lapses(snapshots) for key, snapshots in histories.items()}


def read_policy_sets(found: Iterable[Lapse]) -> Sets:
    """The policies before and after each."""
    ends = {end.policy_set_id for each in found for end in (each.held, each.lost)}
    return PolicySet.objects.in_bulk(ends)
