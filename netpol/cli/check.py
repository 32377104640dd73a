"""Check whether every flow of a lab is as expected under the NetworkPolicies in the files. Exit
status: 0 if so, 1 if not, 2 for input that cannot be used.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from xml.etree import ElementTree as ET

from netpol.cli import inputs, labs
from netpol.cli.labs import LabResult
from netpol.diagnose import RootCause
from netpol.json_output import dump_diagnosis
from netpol.lint import Finding, FindingCode, FindingLevel

COMMANDS = {
    FindingLevel.ERROR: "error",
    FindingLevel.WARNING: "warning",
    FindingLevel.INFO: "notice",
}


HELP = "is a lab met: for CI and for practice"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    labs.add_arguments(parser)
    inputs.add_output(parser, "json", "junit", "github")


def run_command(options: argparse.Namespace) -> int:
    result = labs.load_case(options).diagnose()
    if options.output == "text":
        inputs.print_lines(_format_text(result))
    else:
        print(*_FORMATS[options.output](result), sep="\n")
    return 0 if _has_passed(result) else 1


def _has_passed(result: LabResult) -> bool:
    """Whether every flow is as expected and a server would refuse no policy."""
    refused = any(each.code is FindingCode.REFUSED_POLICY for each in result.findings)
    return result.met_count == len(result.diagnosis.flows) and not refused


def _format_text(result: LabResult) -> Iterator[str]:
    mark = "PASS" if _has_passed(result) else "FAIL"
    count = f"{result.met_count} of {len(result.diagnosis.flows)}"
    yield f"{mark}  {result.case.lab.title}: {count}"
    locate = result.case.locator.locate
    for cause in result.diagnosis.causes:
        at = locate(cause.policy, cause.path)
        yield f"  {f'{at}: ' if at else ''}{_format_cause(cause)}"
    for finding in result.findings:
        if finding.level is not FindingLevel.INFO:
            place = (
                locate(finding.policy, finding.path) or f"{finding.policy} {finding.path}".strip()
            )
            yield f"  {finding.code} {finding.level} {place}: {finding.message}"


def _format_json(result: LabResult) -> Iterator[str]:
    diagnosis = dump_diagnosis(result.diagnosis, result.findings)
    yield json.dumps({"passed": _has_passed(result), **diagnosis}, indent=2)


def _format_junit(result: LabResult) -> Iterator[str]:
    """A test case for each flow; a failure has the messages of its causes."""
    flows = result.diagnosis.flows
    failures = f"{len(flows) - result.met_count}"
    counts = {"tests": f"{len(flows)}", "failures": failures, "errors": "0"}
    suite = ET.Element("testsuite", {"name": result.case.lab.name, **counts})
    for each in flows:
        names = {"classname": result.case.namespace, "name": each.flow.name}
        case = ET.SubElement(suite, "testcase", names)
        if each.predicted is not each.flow.expected:
            message = f"expected {each.flow.expected}, is {each.predicted}"
            failure = ET.SubElement(case, "failure", message=message)
            failure.text = _drop_controls("\n".join(cause.message for cause in each.causes))
    yield ET.tostring(suite, encoding="unicode", xml_declaration=True)


def _drop_controls(text: str) -> str:
    """Without control characters: XML cannot hold them, and a log would obey them."""
    return "".join(each if each.isprintable() or each == "\n" else " " for each in text)


def _format_annotations(result: LabResult) -> Iterator[str]:
    """Annotations of a pull request, as GitHub's workflow commands."""
    listed: list[tuple[str, str, str, RootCause | Finding]] = [
        ("error", cause.code, _format_cause(cause), cause) for cause in result.diagnosis.causes
    ]
    for finding in result.findings:
        message = f"{finding.message} {finding.hint}"
        listed.append((COMMANDS[finding.level], finding.code.value, message, finding))
    for command, title, message, about in listed:
        at = result.case.locator.locate(about.policy, about.path)
        place = f"file={_escape_property(at.file)},line={at.line}," if at else ""
        yield f"::{command} {place}title={_escape_property(title)}::{_escape_data(message)}"
    yield result.summary


def _format_cause(cause: RootCause) -> str:
    return f"{cause.message} ({', '.join(cause.flows)})"


def _escape_data(text: str) -> str:
    return _drop_controls(text).replace("%", "%25").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")


_FORMATS: Mapping[str, Callable[[LabResult], Iterator[str]]] = {
    "json": _format_json,
    "junit": _format_junit,
    "github": _format_annotations,
}
