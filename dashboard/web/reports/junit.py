"""The class as JUnit XML: a testsuite for each student, a testcase for each item."""

import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

from dashboard.web.reports.items import ItemState, ReportItem
from dashboard.web.reports.report import GradedNamespace
from netpol.lab import Lab

STEPS = "steps"
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for, not even escaped."""


def write_junit(lab: Lab, everybody: Iterable[GradedNamespace]) -> bytes:
    """What is not checked or cannot be told is skipped, with the reason."""
    suites = ET.Element("testsuites", name=_drop_unwritable(lab.title))
    for graded in everybody:
        suites.append(_build_suite(graded))
    for count in ("tests", "failures", "skipped"):
        suites.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    written: bytes = ET.tostring(suites, encoding="utf-8", xml_declaration=True)
    return written


def _build_suite(graded: GradedNamespace) -> ET.Element:
    facts, items = graded.facts, list(_list_items(graded))
    suite = ET.Element(
        "testsuite",
        name=_drop_unwritable(facts.namespace.name),
        timestamp=f"{facts.moment:%Y-%m-%dT%H:%M:%S}",
        tests=str(len(items)),
        failures=str(sum(item.state is ItemState.FAILS for _, item in items)),
        skipped=str(sum(not item.state.is_judged for _, item in items)),
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in _list_properties(graded):
        ET.SubElement(properties, "property", name=name, value=_drop_unwritable(value))
    for group, item in items:
        case = ET.SubElement(
            suite, "testcase", classname=_drop_unwritable(group), name=_drop_unwritable(item.title)
        )
        if item.state is ItemState.FAILS:
            ET.SubElement(case, "failure", message=_drop_unwritable(item.proof))
        elif not item.state.is_judged:
            words = f"{item.state}: {item.proof}"
            ET.SubElement(case, "skipped", message=_drop_unwritable(words))
        else:
            ET.SubElement(case, "system-out").text = _drop_unwritable(item.proof)
    return suite


def _list_properties(graded: GradedNamespace) -> Iterator[tuple[str, str]]:
    facts = graded.facts
    yield "student", facts.namespace.student
    yield "name", facts.student_name
    yield "section", facts.section
    if facts.unread:
        yield "cannot_be_read", facts.unread.reason
    if graded.points:
        share = graded.points.share
        yield "points", f"{float(share.earned):.2f}"
        yield "judged", f"{float(share.judged):.2f}"


def _list_items(graded: GradedNamespace) -> Iterator[tuple[str, ReportItem]]:
    yield from ((STEPS, item) for item in graded.steps)
    yield from ((item.group, item) for item in graded.checks)


def _drop_unwritable(text: str) -> str:
    return UNWRITABLE.sub("\ufffd", text)
