"""`netpol check`: is a lab met, for a pull request or a student's own drill."""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from netpol.cli import cases, inputs
from netpol.cli.where import PolicyLocator
from netpol.diagnose import NamespaceDiagnosis, RootCause, diagnose_namespace
from netpol.json_output import dump_diagnosis
from netpol.lab import Lab
from netpol.lint import Finding, FindingCode, FindingLevel, lint_namespace

if TYPE_CHECKING:
    from argparse import _SubParsersAction

COMMANDS = {
    FindingLevel.ERROR: "error",
    FindingLevel.WARNING: "warning",
    FindingLevel.INFO: "notice",
}


@dataclass(frozen=True, slots=True)
class CheckResult:
    lab: Lab
    namespace: str
    diagnosis: NamespaceDiagnosis
    findings: tuple[Finding, ...]
    locator: PolicyLocator

    @property
    def met_count(self) -> int:
        flows = self.diagnosis.flows
        return sum(each.predicted is each.flow.expected for each in flows)

    @property
    def has_passed(self) -> bool:
        """Every flow is as expected, and no policy is there that a server would refuse."""
        invalid = any(each.code is FindingCode.REFUSED_POLICY for each in self.findings)
        return self.met_count == len(self.diagnosis.flows) and not invalid


def add_command(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "check",
        help="is a lab met: for CI and for a drill of one's own",
        description="Whether every flow of a lab is as expected under the NetworkPolicies in "
        "the files. Exit status: 0 if so, 1 if not, 2 for input that cannot be "
        "used.",
    )
    parser.set_defaults(run=run_command)
    cases.add_arguments(parser)
    inputs.add_output(parser, "json", "junit", "github")


def run_command(options: argparse.Namespace) -> int:
    case = cases.load_case(options)
    checked = CheckResult(
        case.lab,
        case.namespace,
        diagnose_namespace(case.lab, case.written.cluster, case.namespace, case.policies),
        lint_namespace(case.lab, case.namespace, case.written, case.policies),
        case.locator,
    )
    if options.output == "text":
        inputs.print_lines(_format_text(checked))
    else:
        print(*_FORMS[options.output](checked), sep="\n")
    return 0 if checked.has_passed else 1


def _format_text(checked: CheckResult) -> Iterator[str]:
    total = len(checked.diagnosis.flows)
    mark = "PASS" if checked.has_passed else "FAIL"
    yield f"{mark}  {checked.lab.title}: {checked.met_count} of {total}"
    for cause in checked.diagnosis.causes:
        at = checked.locator.locate(cause.policy, cause.path)
        yield f"  {f'{at}: ' if at else ''}{cause.message} ({', '.join(cause.flows)})"
    for finding in checked.findings:
        if finding.level is not FindingLevel.INFO:
            at = checked.locator.locate(finding.policy, finding.path)
            place = at or f"{finding.policy} {finding.path}".strip()
            yield f"  {finding.code} {finding.level} {place}: {finding.message}"


def _format_json(checked: CheckResult) -> Iterator[str]:
    answer = {"passed": checked.has_passed, **dump_diagnosis(checked.diagnosis, checked.findings)}
    yield json.dumps(answer, indent=2)


def _format_junit(checked: CheckResult) -> Iterator[str]:
    """A case for each flow; a failure has the causes' messages."""
    flows = checked.diagnosis.flows
    suite = ET.Element(
        "testsuite",
        name=checked.lab.name,
        tests=f"{len(flows)}",
        failures=f"{len(flows) - checked.met_count}",
        errors="0",
    )
    for each in flows:
        case = ET.SubElement(suite, "testcase", classname=checked.namespace, name=each.flow.name)
        if each.predicted is not each.flow.expected:
            message = f"expected {each.flow.expected}, is {each.predicted}"
            failure = ET.SubElement(case, "failure", message=message)
            failure.text = _drop_controls("\n".join(cause.message for cause in each.causes))
    yield ET.tostring(suite, encoding="unicode", xml_declaration=True)


def _drop_controls(text: str) -> str:
    """XML has no way to write control characters, and a log shows what they do."""
    return "".join(each if each.isprintable() or each == "\n" else " " for each in text)


def _format_annotations(checked: CheckResult) -> Iterator[str]:
    """Annotations of a pull request."""
    for cause in checked.diagnosis.causes:
        yield _format_annotation("error", cause.code, _format_cause(cause), checked.locator, cause)
    for finding in checked.findings:
        command = COMMANDS[finding.level]
        message = f"{finding.message} {finding.hint}"
        yield _format_annotation(command, finding.code.value, message, checked.locator, finding)
    yield f"{checked.met_count} of {len(checked.diagnosis.flows)} flows are as the lab wants them."


def _format_cause(cause: RootCause) -> str:
    return f"{cause.message} ({', '.join(cause.flows)})"


def _format_annotation(
    command: str, title: str, message: str, locator: PolicyLocator, about: RootCause | Finding
) -> str:
    at = locator.locate(about.policy, about.path)
    place = f"file={_escape_property(at.file)},line={at.line}," if at else ""
    return f"::{command} {place}title={_escape_property(title)}::{_escape_data(message)}"


def _escape_data(text: str) -> str:
    return _drop_controls(text).replace("%", "%25").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")


_FORMS: Mapping[str, Callable[[CheckResult], Iterator[str]]] = {
    "json": _format_json,
    "junit": _format_junit,
    "github": _format_annotations,
}
