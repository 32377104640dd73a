"""A namespace's flows over time: which window, which spans, and where a click leads."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import plotly.graph_objects as go
import pytest
from django.test import Client

from dashboard import models
from dashboard.active_lab import active_lab
from dashboard.models import Observation, PolicySet, Snapshot, StoredAssessment
from dashboard.times.moment import TimeMoment
from dashboard.web.namespace import timeline as timelines
from dashboard.web.namespace.charts import draw_swimlanes
from dashboard.web.namespace.lanes import FlowLane
from dashboard.web.namespace.sections import TimelineWindow
from dashboard.web.namespace.timeline import (
    NamespaceLifetime,
    Timeline,
    TimelineRecords,
    build_timeline,
    choose_hours,
    choose_window,
)
from tests import make
from tests.dashboard.html import get, spelled

HOUR = 3600
FLOW = active_lab().flows[0].name
NAME = "student-ada-dev"
PAGE = f"/n/{NAME}/"
WINDOW = TimelineWindow(make.NOON, make.after(1000))


@pytest.mark.parametrize(
    ("at", "began", "first", "shown"),
    [
        (None, 9, 0, (4, 10)),
        (None, 4, 0, (4, 10)),
        (None, 3, 0, (0, 6)),
        (8, 7, 0, (4, 10)),
        (6, 5, 0, (3, 9)),
        (2, 1, -9, (-1, 5)),
        (9, 1, -9, (-2, 4)),
        (None, 9, 8, (8, 10)),
        (2, 2, 2, (2, 5)),
    ],
)
def test_the_window_shows_now_or_the_moment_and_always_a_change(
    at: int | None, began: int, first: int, shown: tuple[int, int]
) -> None:
    """In hours past noon; now is ten, and six are drawn."""
    moment = None if at is None else make.after(at * HOUR)
    life = NamespaceLifetime(make.after(first * HOUR), make.after(began * HOUR))
    found = choose_window(make.after(10 * HOUR), moment, life, timedelta(hours=6))
    assert found == TimelineWindow(*(make.after(each * HOUR) for each in shown))


def test_what_was_just_seen_for_the_first_time_has_some_width() -> None:
    life = NamespaceLifetime(make.NOON, make.NOON)
    found = choose_window(make.after(1), None, life, timedelta(hours=6))
    assert found.until - found.since == timelines.LEAST


def states(*drawn: tuple[int, int, str], policies: int = 1) -> list[Snapshot]:
    """From when to when, and what the policies said of the flow; newest first."""
    return [
        Snapshot(
            pk=number,
            first_seen=make.after(since),
            last_seen=make.after(until),
            policy_set_id=str(number % policies),
            assessment=StoredAssessment(summary={"flows": {FLOW: said}, "steps": {}}),
        )
        for number, (since, until, said) in enumerate(drawn)
    ][::-1]


SETS = {
    str(number): PolicySet(manifests=[{"metadata": {"name": f"<b>{number}"}}]) for number in (0, 1)
}


def look(since: int, until: int, outcome: str) -> Observation:
    return Observation(
        flow=FLOW,
        method="health",
        outcome=outcome,
        first_seen=make.after(since),
        last_seen=make.after(until),
    )


def drawn(
    snapshots: Sequence[Snapshot], *looks: Observation, shown: TimelineWindow = WINDOW
) -> tuple[Timeline, FlowLane]:
    found = build_timeline(active_lab(), shown, TimelineRecords(snapshots, SETS, looks, []), NAME)
    return found, found.lanes[0]


@pytest.mark.parametrize(
    ("history", "spans"),
    [
        ([(0, 90, "allow")], "allow 0-90"),
        ([(0, 970, "allow")], "allow 0-1000"),
        ([(0, 90, "allow"), (100, 970, "deny")], "allow 0-100, deny 100-1000"),
        ([(0, 90, "allow"), (100, 970, "allow")], "allow 0-1000"),
        ([(-500, -50, "deny"), (-20, 970, "allow")], "allow 0-1000"),
        ([(-500, 90, "deny"), (100, 970, "allow")], "deny 0-100, allow 100-1000"),
        ([(0, 90, "allow"), (500, 970, "allow")], "allow 0-90, allow 500-1000"),
        ([(0, 90, "allow"), (100, 970, "partial")], "allow 0-100, partial 100-1000"),
    ],
)
def test_a_lane_has_a_span_for_as_long_as_policies_said_the_same(
    history: list[tuple[int, int, str]], spans: str
) -> None:
    """What nobody could read for five minutes stays blank."""
    _, lane = drawn(states(*history))
    assert spans == ", ".join(
        f"{span.outcome} {second(span.since)}-{second(span.until)}" for span in lane.spans
    )


def second(moment: datetime) -> int:
    return round((moment - make.NOON).total_seconds())


def test_a_flow_that_the_lab_did_not_have_then_is_unknown() -> None:
    found, _ = drawn(states((0, 970, "allow")))
    assert [span.outcome for span in found.lanes[1].spans] == ["unknown"]


def traces(found: Timeline) -> dict[str, Any]:
    return {
        trace["name"]: trace for trace in spelled(draw_swimlanes(found, None)) if "name" in trace
    }


def between(before: int | str, after: int) -> str:
    ends = [
        end if isinstance(end, str) else str(TimeMoment(make.after(end))) for end in (before, after)
    ]
    return f"{PAGE}diff?from={ends[0]}&to={ends[1]}"


def test_a_click_leads_to_the_last_change_before_that_moment_wherever_it_is() -> None:
    """A bar is cut at the changes that did not turn its flow, and so is the ground behind it."""
    history = states(
        (0, 90, "allow"), (100, 290, "deny"), (300, 390, "deny"), (400, 970, "deny"), policies=2
    )
    history[0].policy_set_id = history[1].policy_set_id
    found, lane = drawn(history)
    ends: list[tuple[int | str, int]] = [("baseline", 0), (0, 100), (100, 300), (300, 400)]
    around = [between(*each) for each in ends]
    assert [span.address for span in lane.spans] == around[:2]
    figure = traces(found)
    assert figure["between"]["customdata"] == around
    assert figure["between"]["width"] == len(active_lab().flows) + 1
    assert figure["policies: allow"]["customdata"] == around[:1]
    assert figure["policies: deny"]["customdata"] == around[1:]
    assert figure["policies: deny"]["base"][1] == "2026-03-03 12:05:00.000000"
    assert figure["changes"]["customdata"] == [each for each in around[1:] for _ in range(3)]
    marks = ["triangle-down", "triangle-down", "triangle-down-open"]
    assert figure["changes"]["marker"]["symbol"][::3] == marks
    assert "&lt;b>1 was added" in figure["policies: deny"]["hovertext"][0]
    assert "last change before here" in figure["policies: deny"]["hovertext"][1]


def test_what_began_before_all_that_is_known_leads_to_how_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timelines, "MOST_CHANGES", 1)
    _, lane = drawn(states((0, 90, "allow"), (100, 970, "deny"), policies=2))
    assert lane.spans[0].address == f"{PAGE}?at=2026-03-03T12:00:00Z"


@pytest.mark.parametrize(("since", "at"), [(-50, "11:59:10"), (50, "12:00:50")])
def test_a_look_before_the_last_change_that_is_known_leads_to_how_it_was(
    monkeypatch: pytest.MonkeyPatch, since: int, at: str
) -> None:
    monkeypatch.setattr(timelines, "MOST_CHANGES", 1)
    history = states((0, 90, "allow"), (100, 970, "deny"), policies=2)
    shown = TimelineWindow(make.after(-100), make.after(1000))
    _, lane = drawn(history, look(since, since, "blocked"), shown=shown)
    assert lane.sights[0].address == f"{PAGE}?at=2026-03-03T{at}Z"


@pytest.mark.parametrize(
    ("looks", "ends"),
    [
        ([(200, 201, "blocked")], (0, 201)),
        ([(150, 160, "reached"), (200, 350, "blocked")], (160, 320)),
        ([(150, 160, "blocked"), (200, 201, "blocked")], (160, 201)),
        ([(350, 900, "blocked")], (0, 350)),
        ([(20, 30, "reached")], ("baseline", 30)),
    ],
)
def test_a_probes_mark_leads_to_what_it_saw_before_and_then(
    looks: list[tuple[int, int, str]], ends: tuple[int | str, int]
) -> None:
    """Then is when it had looked twice, two minutes later, unless the state changed meanwhile."""
    history = states((0, 90, "allow"), (100, 390, "deny"), (400, 970, "deny"), policies=2)
    found, lane = drawn(history, *(look(*each) for each in reversed(looks)))
    address = between(*ends)
    assert lane.sights[-1].address == address
    words = {"blocked": "A probe was blocked", "reached": "A probe reached it"}[looks[-1][2]]
    lasting, brief = (traces(found)[each] for each in (words, f"{words}, briefly"))
    assert (brief if looks[-1][1] - looks[-1][0] < 5 else lasting)["customdata"][-1] == address


@pytest.mark.parametrize(
    ("at", "began", "changes", "hours"),
    [
        (None, 9.5, [9.5, 9.2], 1),
        (None, 9.5, [9.5, 8], 6),
        (None, 9.5, [9.5, 3], 1),
        (None, 7, [7], 6),
        (None, 3, [3], 6),
        (8, 7.8, [7.8, 8.3], 1),
        (8, 7.8, [7.8, 9], 6),
    ],
)
def test_unless_asked_it_shows_no_more_time_than_its_changes_need(
    at: float | None, began: float, changes: list[float], hours: int
) -> None:
    """In hours past noon, now is ten."""
    moment = None if at is None else make.after(at * HOUR)
    life = NamespaceLifetime(make.NOON, make.after(began * HOUR))
    begins = [make.after(each * HOUR) for each in changes]
    assert choose_hours(make.after(10 * HOUR), moment, life, begins) == hours


def test_what_lasts_long_has_a_letter_and_every_outcome_a_pattern_of_its_own() -> None:
    history = states((0, 1, "allow"), (2, 400, "deny"), (401, 700, "partial"), (701, 970, "allow"))
    found, _ = drawn(history)
    bars = {
        trace["name"]: trace for trace in draw_swimlanes(found, None)["data"] if "base" in trace
    }
    letters = {name: trace["text"] for name, trace in bars.items() if "text" in trace}
    assert letters["policies: allow"] == ["", "A"]
    assert (letters["policies: deny"], letters["policies: partial"]) == (["D"], ["P"])
    shapes = [
        bars[name]["marker"]["pattern"]["shape"] for name in letters if name.startswith("policies")
    ]
    assert len(set(shapes)) == 4


def test_plotly_knows_everything_that_the_figure_says() -> None:
    found, _ = drawn(
        states((0, 90, "allow"), (100, 970, "deny"), policies=2), look(9, 99, "reached")
    )
    figure = go.Figure(draw_swimlanes(found, make.after(60)))
    assert len(figure.data) == 12


def test_the_moment_stands_in_the_figure() -> None:
    found, _ = drawn(states((0, 970, "allow")))
    (line,) = draw_swimlanes(found, make.after(60))["layout"]["shapes"]
    assert line["x0"] == line["x1"] == "2026-03-03 12:01:00.000000"
    assert draw_swimlanes(found, None)["layout"]["shapes"] == []


def test_too_many_changes_are_cut_and_it_is_said_since_when(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timelines, "MOST_CHANGES", 3)
    monkeypatch.setattr(timelines, "MOST_LOOKS", 1)
    history = states(*((100 * each, 100 * each + 90, "allow") for each in range(5)))
    looks = look(300, 400, "blocked"), look(100, 200, "reached")
    found, lane = drawn(history[:4], *looks, shown=TimelineWindow(make.after(-10), make.after(500)))
    assert (found.is_cut, second(found.drawn_since)) == (True, 100)
    assert [sight.outcome for sight in lane.sights] == ["blocked"]
    assert found.looks_left_out
    whole, _ = drawn(history[2:], shown=TimelineWindow(make.after(-10), make.after(500)))
    assert not whole.is_cut


@pytest.mark.django_db
def test_the_page_has_the_same_as_a_table_with_links(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, last_seen=make.after(50))
    make.snapshot(namespace, make.policy("closed"), seconds=60, last_seen=make.after(600))
    make.observation(
        namespace, outcome="blocked", first_seen=make.after(90), last_seen=make.after(90)
    )
    models.Observation.objects.update(last_seen=make.after(200))
    namespace.incidents.create(
        flow=FLOW,
        cause=models.IncidentCause.POLICY_ADDED,
        worked_at=make.after(50),
        opened_at=make.after(60),
    )
    page = get(ada, PAGE, at="2026-03-03T12:05:00Z", hours="1")
    (lane,) = [part for part in page.html.split("<tr ") if part.startswith(f'data-lane="{FLOW}"')]
    around = "diff?from=2026-03-03T12:00:00Z&amp;to=2026-03-03T12:01:00Z"
    assert f'<b>deny</b> <a href="{PAGE}{around}">Mar 3 12:01:00</a>' in lane
    assert "<b>blocked</b>" in lane
    assert "diff?from=2026-03-03T12:00:50Z&amp;to=2026-03-03T12:01:00Z" in lane
    assert f'<a href="{PAGE}{around}"><time' in page.html.split("<h3>Changes</h3>")[1]
    assert page.html.count("data-lane=") == len(active_lab().flows)
    (broke,) = [
        each for each in spelled(page.figure("timeline")) if "incident" in each.get("name", "")
    ]
    assert "ceased to work" in broke["hovertext"][0]
    assert '<b aria-current="true">1 h</b>' in page.html
    assert "1 flow lost at 12:01:00, still: A policy was added." in page.text
    assert (
        f'<a href="{PAGE}diff?from=2026-03-03T12:00:50Z&amp;to=2026-03-03T12:01:00Z"><time'
        in (page.html.split('id="timeline-news"')[1])
    )
    make.snapshot(namespace, make.policy("open"), seconds=8 * HOUR)
    later = get(ada, PAGE, at="2026-03-03T20:05:00Z", hours="1")
    assert "1 flow lost before the time drawn here, at Mar 3 12:01:00, still: A" in later.text
    assert "Nothing that worked was lost" not in later.text
    assert later.figure("timeline")["data"][-1]["x"] == []
    assert "data-clicks" in page.html.split('id="timeline-chart"')[1][:80]
    assert "data-clicks" not in page.html.split('id="matrix-chart"')[1][:80]
