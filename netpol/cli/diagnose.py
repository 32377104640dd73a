"""Show what each flow of a lab does under the NetworkPolicies in the files, what is to blame where
it is not as expected, and what else is odd about them. Pods and Namespaces in the files count;
without any, the lab's placeholders serve.
"""

import argparse
import json
import textwrap
from collections.abc import Iterator

from netpol.cli import inputs, labs
from netpol.cli.labs import LabResult
from netpol.json_output import dump_diagnosis

_WIDTH = 96


HELP = "why a namespace is not as a lab wants it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    labs.add_arguments(parser)
    inputs.add_output(parser, "json")


def run_command(options: argparse.Namespace) -> int:
    """Print the diagnosis, whatever it is, with status 0."""
    result = labs.load_case(options).diagnose()
    if options.output == "json":
        print(json.dumps(dump_diagnosis(result.diagnosis, result.findings), indent=2))
    else:
        inputs.print_lines(_format_text(result))
    return 0


def _format_text(result: LabResult) -> Iterator[str]:
    locator = result.case.locator
    yield result.summary
    for number, cause in enumerate(result.diagnosis.causes, 1):
        yield ""
        yield from _wrap_text(f"{number}. ", cause.message)
        place = locator.locate(cause.policy, cause.path) or cause.policy or "nothing is there"
        yield f"   {cause.side.lower()}, {place}"
        yield from _wrap_text("   for ", ", ".join(cause.flows))
    if result.findings:
        yield "\nFindings"
    for each in result.findings:
        at = locator.locate(each.policy, each.path)
        place = " ".join(part for part in (each.policy, each.path, f"({at})" if at else "") if part)
        head = f"  {each.code} {each.level:<7} "
        yield from _wrap_text(head, f"{place}: {each.message} {each.hint}")
    yield "\nFlows"
    for flow in result.diagnosis.flows:
        mark = " " if flow.predicted is flow.flow.expected else "!"
        yield f"{mark} {flow.flow.name:<32} expected {flow.flow.expected:<6} is {flow.predicted}"


def _wrap_text(head: str, text: str) -> list[str]:
    """Lines that start under the end of the head; words stay whole."""
    wrapper = textwrap.TextWrapper(_WIDTH, head, " " * len(head))
    wrapper.break_long_words = wrapper.break_on_hyphens = False
    return wrapper.wrap(text)
