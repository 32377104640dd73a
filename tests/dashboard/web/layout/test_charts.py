"""Figures of one namespace: what is drawn where, and that what others wrote stays text."""

import json
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from dashboard.active_lab import active_lab
from dashboard.assess.flows import FlowEvidence, FlowRow, build_flow_rows
from dashboard.assess.json_columns import parse_assessment
from dashboard.assess.probe_votes import ObservedFlow
from dashboard.models import ObservedOutcome
from dashboard.web.layout.by_source import draw_by_source
from dashboard.web.layout.chart_text import escape_markup, wrap_text
from dashboard.web.layout.grid import build_grid
from dashboard.web.layout.matrix_chart import (
    draw_change_matrix,
    draw_flow_matrix,
    draw_outcome_matrix,
)
from dashboard.web.layout.palette import COLOURS, LEVELS
from netpol.assess import Assessment
from netpol.diff.assessments import compare_assessments
from netpol.model import Outcome, Profile
from tests import make

UNSEEN = ObservedFlow(ObservedOutcome.UNKNOWN, "no probe covers this flow")
GRID = build_grid(active_lab())
APP = "Gateway to student-app"


def assessment(*policies: make.Json) -> Assessment:
    return parse_assessment(make.state_of(*policies).assessment)


def rows(*policies: make.Json, **seen: ObservedOutcome) -> tuple[FlowRow, ...]:
    """Of a state that began at noon; the gateway's flow to the app as `seen`, if it was."""
    observed = {flow.name: UNSEEN for flow in active_lab().flows}
    for outcome in seen.values():
        observed[APP] = ObservedFlow(outcome, "looked", seen=make.after(5))
    return build_flow_rows(
        active_lab(), assessment(*policies), FlowEvidence(observed), Profile.KUBERNETES
    )


def one(predicted: Outcome = Outcome.ALLOW, **fields: Any) -> FlowRow:
    """A row of a flow that the lab wants open."""
    return replace(rows(**fields)[0], predicted=predicted, here=predicted)


def squares(figure: dict[str, Any]) -> list[str]:
    """The coloured squares as letters, a dot where the lab has no flow."""
    letters = {level: outcome[0] for outcome, level in LEVELS.items()}
    return [
        "".join("." if level is None else letters[level] for level in row)
        for row in figure["data"][0]["z"]
    ]


def words(figure: dict[str, Any], row: int, column: int) -> list[str]:
    """What is written in a square, from the top down."""
    return [
        line
        for trace in figure["data"][1:]
        for x, y, text in zip(trace["x"], trace["y"], trace["text"], strict=True)
        if x == column and round(y) == row
        for line in text.split("<br>")
    ]


def test_flows_stand_by_source_and_by_destination_and_port() -> None:
    assert GRID.sources == ("Gateway", "student-app", "redis", "uptime-kuma", "Other student")
    assert [str(target) for target in GRID.columns] == [
        "student-app:5000/TCP",
        "redis:6379/TCP",
        "uptime-kuma:3001/TCP",
        "DNS:53/TCP",
        "DNS:53/UDP",
        "Internet:80/TCP",
        "Internet:443/TCP",
    ]


def test_colour_is_the_prediction_and_what_the_lab_lacks_stays_blank() -> None:
    assert squares(draw_flow_matrix(GRID, rows(*make.solution()))) == [
        "ada....",
        ".a.aa.d",
        "...aa.d",
        "ad.aaaa",
        "dd.....",
    ]
    outcomes = dict.fromkeys(GRID.places, Outcome.DENY) | {APP: Outcome.PARTIAL}
    assert squares(draw_outcome_matrix(GRID, outcomes)) == [
        "pdd....",
        ".d.dd.d",
        "...dd.d",
        "dd.dddd",
        "dd.....",
    ]


@pytest.mark.parametrize(
    ("predicted", "seen", "written", "outlines"),
    [
        ("allow", {}, ["ALLOW", "wants allow", "not observed"], []),
        ("deny", {}, ["DENY ≠", "wants allow", "not observed"], ["solid"]),
        ("allow", {"seen": "blocked"}, ["ALLOW !", "wants allow", "seen blocked"], ["dot"]),
        (
            "deny",
            {"seen": "reached"},
            ["DENY ≠!", "wants allow", "seen reached"],
            ["solid", "dot"],
        ),
        ("partial", {"seen": "reached"}, ["PARTIAL ≠", "wants allow", "seen reached"], ["solid"]),
        ("unknown", {"seen": "blocked"}, ["UNKNOWN ≠", "wants allow", "seen blocked"], ["solid"]),
    ],
)
def test_a_square_writes_three_answers_and_marks_those_that_disagree(
    predicted: str, seen: dict[str, str], written: list[str], outlines: list[str]
) -> None:
    observed = {key: ObservedOutcome(outcome) for key, outcome in seen.items()}
    figure = draw_flow_matrix(GRID, [one(Outcome(predicted), **observed)])
    assert words(figure, 0, 0) == written
    assert [shape["line"]["dash"] for shape in figure["layout"].get("shapes", [])] == outlines


def test_a_square_tells_more_when_pointed_at() -> None:
    hint = draw_flow_matrix(GRID, rows(make.policy()))["data"][0]["hovertext"][0][0]
    assert hint.startswith(
        f"{APP}<br>expected: allow<br>predicted: deny<br>observed: unknown<br>Blocked at"
    )
    assert hint.endswith("not observed: no probe covers this flow")


def test_every_pair_of_answers_has_a_meaning() -> None:
    meanings = {
        (predicted, seen): one(predicted, seen=seen).meaning
        for predicted, seen in product(Outcome, ObservedOutcome)
    }
    assert all(meanings.values())
    assert meanings[Outcome.ALLOW, ObservedOutcome.REACHED] == "works"
    assert meanings[Outcome.DENY, ObservedOutcome.BLOCKED] == "blocked, as the policies say"
    assert "not the policy text" in meanings[Outcome.ALLOW, ObservedOutcome.BLOCKED]
    assert "does not enforce" in meanings[Outcome.DENY, ObservedOutcome.REACHED]
    assert meanings[Outcome.DENY, ObservedOutcome.UNKNOWN] == "not observed: looked"


def test_a_change_is_a_sign_as_well_as_a_colour() -> None:
    before, after = assessment(make.policy()), assessment(*make.solution()[1:])
    figure = draw_change_matrix(GRID, compare_assessments(before, after))
    _, trace = figure["data"]
    by_sign = dict(zip(trace["text"], trace["textfont"]["color"], strict=True))
    assert by_sign.keys() == {"+", "="}
    back = draw_change_matrix(GRID, compare_assessments(after, before))
    assert set(back["data"][1]["text"]) == {"\N{MINUS SIGN}", "="}
    assert set("".join(squares(figure))) == {"a", "."}
    assert set("".join(squares(back))) == {"d", "."}


def test_bars_stand_by_source_in_two_colours() -> None:
    figure = draw_by_source(("lab expects", {"a": 2, "b": 1}), ("policies allow", {"a": 0, "b": 1}))
    expected, allowed = figure["data"]
    assert (expected["name"], expected["y"], expected["x"]) == ("lab expects", ["a", "b"], [2, 1])
    assert (allowed["name"], allowed["y"], allowed["x"]) == ("policies allow", ["a", "b"], [0, 1])
    assert allowed["marker"]["color"] == COLOURS[Outcome.ALLOW] != expected["marker"]["color"]


def test_figures_are_json_without_plotlys_template() -> None:
    for figure in (
        draw_flow_matrix(GRID, rows()),
        draw_by_source(("a", {"x": 1}), ("b", {"x": 0})),
    ):
        assert not figure["layout"].get("template")
        assert json.loads(json.dumps(figure)) == figure


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("a policy", "a policy"),
        ("<b>bold</b>", "&lt;b>bold&lt;/b>"),
        ('<a href="javascript:x">', '&lt;a href="javascript:x">'),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ("<br>", "&lt;br>"),
    ],
)
def test_plotly_gets_no_markup_from_others(written: str, drawn: str) -> None:
    assert escape_markup(written) == drawn


def test_long_sentences_are_wrapped_after_they_are_made_harmless() -> None:
    assert wrap_text("one two three <br> four", width=9) == "one two<br>three<br>&lt;br> four"
    assert wrap_text("averyveryverylongword", width=9) == "averyveryverylongword"
    assert wrap_text("") == ""


def test_hostile_explanations_reach_the_figure_as_text() -> None:
    hostile = replace(rows()[0], explanation="<a href='//evil'>click</a> &lt;b>")
    figure = json.dumps(draw_flow_matrix(GRID, [hostile]))
    assert "&lt;a href='//evil'>click&lt;/a> &amp;lt;b>" in figure
