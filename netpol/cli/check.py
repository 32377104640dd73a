"""`netpol check`: is a lab met, for a pull request or a student's own drill."""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from netpol.cli import cases, inputs
from netpol.cli.where import Where
from netpol.contract import dump_diagnosis
from netpol.diagnose import Cause, Diagnosis, diagnose
from netpol.lab import Lab
from netpol.lint import Finding, Level, findings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}


@dataclass(frozen=True, slots=True)
class Checked:
    lab: Lab
    namespace: str
    diagnosis: Diagnosis
    findings: tuple[Finding, ...]
    where: Where

    @property
    def met(self) -> int:
        flows = self.diagnosis.flows
        return sum(each.predicted is each.flow.expected for each in flows)

    @property
    def passed(self) -> bool:
        """Every flow is as expected, and no policy is there that a server would refuse."""
        invalid = any(each.code == "NP001" for each in self.findings)
        return self.met == len(self.diagnosis.flows) and not invalid


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "check",
        help="is a lab met: for CI and for a drill of one's own",
        description="Whether every flow of a lab is as expected under the NetworkPolicies in the "
        "files. Exit status: 0 if so, 1 if not, 2 for input that cannot be used.",
    )
    parser.set_defaults(run=run)
    cases.add_to(parser)
    inputs.add_output(parser, "json", "junit", "github")


def run(options: argparse.Namespace) -> int:
    case = cases.case(options)
    checked = Checked(
        case.lab,
        case.namespace,
        diagnose(case.lab, case.written.cluster, case.namespace, case.policies),
        findings(case.lab, case.namespace, case.written, case.policies),
        case.where,
    )
    if options.output == "text":
        inputs.say(_text(checked))
    else:
        print(*_FORMS[options.output](checked), sep="\n")
    return 0 if checked.passed else 1


def _text(checked: Checked) -> Iterator[str]:
    total = len(checked.diagnosis.flows)
    yield f"{'PASS' if checked.passed else 'FAIL'}  {checked.lab.title}: {checked.met} of {total}"
    for cause in checked.diagnosis.causes:
        at = checked.where.of(cause.policy, cause.path)
        yield f"  {f'{at}: ' if at else ''}{cause.message} ({', '.join(cause.flows)})"
    for finding in checked.findings:
        if finding.level is not Level.INFO:
            at = checked.where.of(finding.policy, finding.path)
            place = at or f"{finding.policy} {finding.path}".strip()
            yield f"  {finding.code} {finding.level} {place}: {finding.message}"


def _json(checked: Checked) -> Iterator[str]:
    answer = {"passed": checked.passed, **dump_diagnosis(checked.diagnosis, checked.findings)}
    yield json.dumps(answer, indent=2)


def _junit(checked: Checked) -> Iterator[str]:
    """A case for each flow; a failure has the causes' messages."""
    flows = checked.diagnosis.flows
    suite = ET.Element(
        "testsuite",
        name=checked.lab.name,
        tests=f"{len(flows)}",
        failures=f"{len(flows) - checked.met}",
        errors="0",
    )
    for each in flows:
        case = ET.SubElement(suite, "testcase", classname=checked.namespace, name=each.flow.name)
        if each.predicted is not each.flow.expected:
            message = f"expected {each.flow.expected}, is {each.predicted}"
            failure = ET.SubElement(case, "failure", message=message)
            failure.text = _plain("\n".join(cause.message for cause in each.causes))
    yield ET.tostring(suite, encoding="unicode", xml_declaration=True)


def _plain(text: str) -> str:
    """XML has no way to write control characters, and a log shows what they do."""
    return "".join(each if each.isprintable() or each == "\n" else " " for each in text)


def _github(checked: Checked) -> Iterator[str]:
    """Annotations of a pull request."""
    for cause in checked.diagnosis.causes:
        yield _annotation("error", cause.code, _told(cause), checked.where, cause)
    for finding in checked.findings:
        command = COMMANDS[finding.level]
        message = f"{finding.message} {finding.hint}"
        yield _annotation(command, finding.code, message, checked.where, finding)
    yield f"{checked.met} of {len(checked.diagnosis.flows)} flows are as the lab wants them."


def _told(cause: Cause) -> str:
    return f"{cause.message} ({', '.join(cause.flows)})"


def _annotation(
    command: str, title: str, message: str, where: Where, about: Cause | Finding
) -> str:
    at = where.of(about.policy, about.path)
    place = f"file={_property(at.file)},line={at.line}," if at else ""
    return f"::{command} {place}title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return _plain(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


_FORMS: Mapping[str, Callable[[Checked], Iterator[str]]] = {
    "json": _json,
    "junit": _junit,
    "github": _github,
}
