"""Runs as they are listed. Pure: no queries, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dashboard.models import Run, RunOrigin
from dashboard.web.runs.standing import Stood
from dashboard.web.runs.stretch import Stretch


@dataclass(frozen=True, slots=True)
class RunRow:
    """`stood` is `None` where nobody was read by the end."""

    run: Run
    stretch: Stretch
    stood: Stood | None

    @property
    def by(self) -> str:
        match RunOrigin(self.run.origin):
            case RunOrigin.HAND:
                return f"by hand, {self.run.by}" if self.run.by else "by hand"
            case RunOrigin.SESSION:
                return "found: many changed their policies"


def run_rows(
    runs: Iterable[Run], stretches: Iterable[Stretch], stood: Mapping[str, Stood | None]
) -> list[RunRow]:
    return [
        RunRow(run, stretch, stood[stretch.address])
        for run, stretch in zip(runs, stretches, strict=True)
    ]
