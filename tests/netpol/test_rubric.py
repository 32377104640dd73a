"""A checklist and a rubric in a lab file are read as written; a mistake is named with its place."""

import re
from pathlib import Path

import pytest

from netpol.lab import LABS, RUBRIC_POINTS, CheckSource, CriterionMeasure, load_lab
from tests.netpol.student import LAB
from tests.netpol.test_lab_file import complaint, edited

FINDINGS = (Path(__file__).parents[2] / "docs" / "findings.md").read_text(encoding="utf-8")


def test_the_labs_rubric_is_the_courses() -> None:
    assert [(area.name, area.points) for area in LAB.rubric] == [
        ("correctness", 60),
        ("evidence", 25),
        ("hygiene", 15),
    ]


@pytest.mark.parametrize("file", sorted(LABS.glob("*.yaml")), ids=lambda file: file.stem)
def test_a_lab_has_a_whole_rubric_or_none(file: Path) -> None:
    if not file.stem.endswith("-solution"):
        assert sum(area.points for area in load_lab(file).rubric) in {0, RUBRIC_POINTS}


def test_every_code_that_costs_points_is_a_finding_that_can_cost_something() -> None:
    criteria = [each for area in LAB.rubric for each in area.criteria]
    costly = [each for each in criteria if each.measure is CriterionMeasure.WITHOUT]
    codes = {code for each in costly for code in each.names}
    known = set(re.findall(r"^## (NP\d{3})$", FINDINGS, re.MULTILINE))
    assert codes <= known
    # Advice about the lab's own solution (docs/findings.md) is no failure.
    assert not codes & {"NP111", "NP118", "NP119"}


def test_what_no_source_tells_is_not_checked() -> None:
    reasons = {check.key: check.source for check in LAB.checklist}
    assert reasons["jerry"] is CheckSource.NOT_CHECKED


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("points: 36", "points: 35", "rubric: the points must come to 100, not 99 (correctness 59"),
        ("points: 36", "points: 0", "rubric.correctness[0].points: must be a number from 1 to 100"),
        ("points: 36", "points: 1.5", "rubric.correctness[0].points: must be a number"),
        ("      flows: all\n    - key: steps", "    - key: steps", "correctness[0]: needs exactly"),
        ("key: leftovers", "key: slips", "rubric: there are two criteria 'slips'"),
        ("without: [NP101,", "without: [P101,", "hygiene[1].without[0]: must be a finding's code"),
        ("without: [NP101, NP102, NP113, NP114]", "without: []", "must name at least one"),
        ("kept: [default-deny]", "kept: [deny]", "hygiene[2].kept[0]: 'deny' is no step; steps"),
        ("checklist: [public-urls,", "checklist: [urls,", "[0]: 'urls' is no item; items are pods"),
        ("observed: all", "seen: all", "rubric.evidence[1].seen: no such field; the fields here"),
        ("pods_ready: [student-app,", "pods_ready: [dns,", "'dns' is no entity; entities of the"),
        ("policies_exist: true", "policies_exist: false", "policies_exist: must be true"),
        ("      probe: visits", "      probe: visit", "'visit' is no probe; probes are health"),
        ("step: default-deny", "step: deny", "Verification checklist[4].step: 'deny' is no step"),
        ("key: visits", "key: rights", "there is an item 'rights' already"),
        ("      probe: visits", "      redis: visits", ".redis: no such field"),
        ("      probe: visits\n", "", "needs exactly one of pods_ready, policies_exist"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert message in complaint(edited(tmp_path, old, new))


def test_all_of_nothing_is_refused(tmp_path: Path) -> None:
    text = (LABS / "week-06-lab-03.yaml").read_text(encoding="utf-8")
    whole = text[text.index("checklist:\n  ") : text.index("# A hundred points")]
    path = edited(tmp_path, whole, "")
    written = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"checklist: \[[^]]*\]", "checklist: all", written), encoding="utf-8")
    assert "rubric.evidence[2].checklist: there is no item at all" in complaint(path)
