"""A sparkline: how many flows a namespace had as the lab wants them over the last hours. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WIDTH, HEIGHT, EDGE = 120, 24, 2
SPAN = timedelta(hours=3)
HOURS = SPAN // timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FlowTrend:
    """`points` are those of an SVG line in `WIDTH` by `HEIGHT`; `words` say the same."""

    points: str
    words: str


def draw_trend(
    states: Sequence[tuple[datetime, int]], total: int, moment: datetime
) -> FlowTrend | None:
    """`states` are when each snapshot began and how many flows it met, oldest first; the first may
    have begun before the drawn hours. `None` without any.
    """
    if not states or not total:
        return None
    begin = moment - SPAN
    line: list[str] = []
    before: float | None = None
    for since, met in states:
        x = WIDTH * max(0.0, (since - begin) / SPAN)
        y = EDGE + (HEIGHT - 2 * EDGE) * (1 - met / total)
        if before is not None:
            line.append(f"{x:.0f},{before:.0f}")
        line.append(f"{x:.0f},{y:.0f}")
        before = y
    line.append(f"{WIDTH},{before:.0f}")
    return FlowTrend(" ".join(line), _describe_trend([met for _, met in states], total))


def _describe_trend(met: Sequence[int], total: int) -> str:
    now = f"{met[-1]} of {total} flows as the lab wants them"
    if len(set(met)) == 1:
        return f"{now}, as in all of the last {HOURS} hours that are known"
    lowest = f", in between {min(met)}" if min(met) < min(met[0], met[-1]) else ""
    return f"{now}; {met[0]} at the beginning of the last {HOURS} hours{lowest}"
