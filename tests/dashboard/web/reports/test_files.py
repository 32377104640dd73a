"""The forms of a report that other programs read: nothing that somebody wrote acts in them."""

import csv
import io
import json
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from dashboard.active_lab import active_lab
from dashboard.assess.changes import ChangeKind, PolicyChange, SnapshotChange
from dashboard.assess.regressions import RegressionGroup
from dashboard.models import IncidentCause, Namespace
from dashboard.times.moment import TimeMoment
from dashboard.web.incidents.page import IncidentGroup
from dashboard.web.reports.facts import ReportFacts
from dashboard.web.reports.gradebook import BOM, escape_cell, write_gradebook
from dashboard.web.reports.json_documents import SCHEMA, dump_class, dump_report
from dashboard.web.reports.junit import write_junit
from dashboard.web.reports.markdown import escape_markdown, write_markdown
from dashboard.web.reports.report import (
    NamespaceReport,
    ReportHistory,
    build_report,
    grade_namespace,
)
from tests import make
from tests.dashboard.web.reports.facts import facts, look

HOSTILE = [
    '=HYPERLINK("http://evil.example";"x")',
    "<script>alert(1)</script>",
    "a|b`c\n# d",
    "x\0\x0b\x1b[31my\ud800",
    '"; DROP',
    "+1,2",
    "]]> & <!--",
]

GONE = SnapshotChange(
    TimeMoment(make.NOON),
    TimeMoment(make.after(60)),
    (PolicyChange("allow|dns", ChangeKind.REMOVED),),
)
DNS = next(step for step in active_lab().steps if step.key == "dns")
LOST = RegressionGroup(GONE, (DNS,), (DNS,), None, make.after(600))
BROKEN = IncidentGroup(
    Namespace(name="student-ada-dev"),
    IncidentCause.POLICY_REMOVED,
    "`allow|dns` was deleted",
    "",
    ("redis to DNS",),
    ("redis to DNS",),
    make.NOON,
    make.after(60),
    None,
    make.after(600),
)


def of(known: ReportFacts) -> NamespaceReport:
    return build_report(
        active_lab(), known, ReportHistory(make.NOON, [LOST], [BROKEN]), shows_findings=True
    )


def called(name: str) -> ReportFacts:
    """A namespace whose student, label and probe's word are all like this."""
    namespace = Namespace(name="student-ada-dev", student=name, environment="dev")
    observed = {"Gateway to student-app": look(reason=name)}
    known = facts(*make.solution()[:3], observed=observed, student_name=name, section=name)
    return replace(known, namespace=namespace)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("ada", "ada"),
        ("Ada Lovelace", "Ada Lovelace"),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        ("\r=1", "'=1"),
        ("\n=1", "'=1"),
        (" =1", "' =1"),
        ("\u200b=1", "'=1"),
        ("\0=1", "'=1"),
        ("＝1", "'＝1"),  # noqa: RUF001  # the wide one
        ("a=1", "a=1"),
        ("a-b", "a-b"),
        ("", ""),
    ],
)
def test_no_cell_begins_like_a_formula(cell: str, written: str) -> None:
    assert escape_cell(cell) == written


def read(table: str) -> list[dict[str, str]]:
    assert table.startswith(BOM)
    return list(csv.DictReader(io.StringIO(table.removeprefix(BOM), newline="")))


def test_the_gradebook_is_a_row_a_student_with_points_times_and_states() -> None:
    rows = read(
        write_gradebook(active_lab(), [grade_namespace(active_lab(), facts(*make.solution()[:3]))])
    )
    (row,) = rows
    assert (row["login"], row["namespace"]) == ("ada", "student-ada-dev")
    assert float(row["points"]) <= float(row["judged"]) <= float(row["of"]) == 100
    assert (
        float(row["correctness of"]) + float(row["evidence of"]) + float(row["hygiene of"]) == 100
    )
    assert (row["step baseline"], row["step dns"]) == ("done", "holds")
    assert row["step dns first reached"] == "2026-03-03 12:02:00"
    assert row["step committed"] == "not checked"
    assert row["check public-urls"] == "not checked"
    assert (row["flows_as_expected"], row["flows"]) == ("14", "18")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_in_its_cell(name: str) -> None:
    (row,) = read(write_gradebook(active_lab(), [grade_namespace(active_lab(), called(name))]))
    for cell in row.values():
        assert not cell.startswith(("=", "+", "-", "@"))
        assert cell.isprintable()
    assert row["namespace"] == "student-ada-dev"


@pytest.mark.parametrize("name", ["ada", *HOSTILE])
def test_junit_is_valid_xml_with_a_suite_a_student(name: str) -> None:
    found = grade_namespace(active_lab(), called(name))
    suites = ET.fromstring(write_junit(active_lab(), [found, found]))
    assert [suite.get("name") for suite in suites] == ["student-ada-dev"] * 2
    suite = suites[0]
    cases = suite.findall("testcase")
    assert (
        len(cases)
        == len(active_lab().steps) + len(active_lab().checklist)
        == int(suite.get("tests", ""))
    )
    assert len(suite.findall("testcase/failure")) == int(suite.get("failures", ""))
    skipped = suite.findall("testcase/skipped")
    assert len(skipped) == int(suite.get("skipped", ""))
    assert any("not checked: The drill" in (each.get("message") or "") for each in skipped)
    assert not list(suite.iter("script"))


@pytest.mark.parametrize("name", ["ada", *HOSTILE])
def test_json_is_read_back_as_it_was(name: str) -> None:
    content = dump_report(of(called(name)))
    assert json.loads(json.dumps(content)) == content
    assert content["student"] == name


def shape(value: Any) -> Any:
    """The keys alone: of a list those of its first element."""
    match value:
        case dict():
            return {key: shape(each) for key, each in value.items()}
        case [first, *_]:
            return [shape(first)]
        case list():
            return []
    return "."


ITEM = dict.fromkeys(["key", "title", "state", "proof", "source", "at"], ".")
SHARE = dict.fromkeys(["earned", "judged", "of"], ".")
GRADED: dict[str, Any] = {
    **dict.fromkeys(["namespace", "student", "name", "section", "environment"], "."),
    **dict.fromkeys(["moment", "state_since", "last_seen", "cannot_be_read"], "."),
    "steps": [ITEM | {"first_reached": ".", "lost_since": "."}],
    "checklist": [ITEM | {"group": "."}],
    "points": SHARE
    | {
        "areas": [
            {"name": "."}
            | SHARE
            | {"criteria": [{"key": ".", "title": "."} | SHARE | {"items": [ITEM]}]}
        ]
    },
}
LAB = {"name": ".", "title": "."}


def test_the_shape_of_the_json_changes_with_its_schema_only() -> None:
    """Whoever changes this raises `SCHEMA`, unless all that was there stays as it was."""
    assert SCHEMA == 2
    content = shape(dump_report(of(facts(*make.solution()[:3]))))
    assert content.pop("policies")
    assert content == GRADED | {
        "schema": ".",
        "lab": LAB,
        "flows": [
            dict.fromkeys(["name", "source", "destination", "port", "protocol"], ".")
            | dict.fromkeys(["expected", "predicted", "observed", "explanation"], ".")
            | {"observation": dict.fromkeys(["reason", "method", "vantage", "since", "seen"], ".")}
        ],
        "from_baseline": {
            "opened": [],
            "closed": [{"flow": ".", "why": "."}],
            "unclear": [],
        },
        "setbacks": [
            dict.fromkeys(["what", "from", "until", "seconds"], ".")
            | {"steps": ["."], "still_lost": ["."], "policies": [{"name": ".", "change": "."}]}
        ],
        "incidents": [
            dict.fromkeys(["cause", "what", "reason", "students"], ".")
            | dict.fromkeys(["worked_until", "from", "until", "seconds"], ".")
            | {"flows": ["."], "still_lost": ["."]}
        ],
        "findings": [],
        "hints_opened": [],
        "first_recorded": ".",
    }
    whole = shape(dump_class(active_lab(), [grade_namespace(active_lab(), facts())]))
    assert whole == {"schema": ".", "lab": LAB, "reports": [GRADED]}


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("by `allow-dns`", "by `allow-dns`"),
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
        ("a|b", r"a\|b"),
        ("`a|b`", r"`a\|b`"),
        ("a`b", r"a\`b"),
        ("a\n# b", r"a \# b"),
        ("[x](http://evil.example)", r"\[x\](http://evil.example)"),
        ("&lt;", "&amp;lt;"),
        ("@everybody", r"\@everybody"),
        ("``", "` `"),
    ],
)
def test_markdown_keeps_what_others_wrote_as_text(words: str, written: str) -> None:
    assert escape_markdown(words) == written


@pytest.mark.parametrize("name", ["ada", *HOSTILE])
def test_every_table_of_the_markdown_is_whole_whoever_is_called_how(name: str) -> None:
    document = write_markdown(of(called(name)))
    columns = 0
    for line in document.splitlines():
        bars = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert bars in ({bars} if columns == 0 else {0, columns})
        columns = bars
    assert "<script" not in document
    assert sum(line.startswith("# ") for line in document.splitlines()) == 1


def test_the_markdown_has_all_parts() -> None:
    document = write_markdown(of(facts(*make.solution()[:3])))
    for title in ("Steps", "Verification checklist", "Flows", "Points", "Findings", "Hints opened"):
        assert f"\n## {title}\n" in document
    assert "- Points: **" in document
    assert r"| 2026-03-03 12:01:00 UTC | `allow\|dns` was deleted | Part 3: Allow DNS |" in document
    assert r"| `allow\|dns` was deleted. | redis to DNS | redis to DNS | 9 min so far |" in document
