"""`netpol diagnose`: why a namespace is not as a lab wants it."""

import argparse
import json
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from netpol.cli import cases, inputs
from netpol.cli.where import PolicyLocator
from netpol.diagnose import NamespaceDiagnosis, RootCause, diagnose_namespace
from netpol.json_output import dump_diagnosis
from netpol.lint import Finding, lint_namespace

if TYPE_CHECKING:
    from argparse import _SubParsersAction

WIDTH = 96


def add_command(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "diagnose",
        help="why a namespace is not as a lab wants it",
        description="What each flow of a lab does under the NetworkPolicies in the files, "
        "what is to blame where it is not as expected, and what else is odd "
        "about them. Pods and Namespaces in the files count; without any the "
        "lab's stand-ins serve.",
    )
    parser.set_defaults(run=run_command)
    cases.add_arguments(parser)
    inputs.add_output(parser, "json")


def run_command(options: argparse.Namespace) -> int:
    """Print the diagnosis, whatever it is, with status 0."""
    case = cases.load_case(options)
    found = diagnose_namespace(case.lab, case.written.cluster, case.namespace, case.policies)
    odd = lint_namespace(case.lab, case.namespace, case.written, case.policies)
    if options.output == "json":
        print(json.dumps(dump_diagnosis(found, odd), indent=2))
    else:
        inputs.print_lines(_format_text(found, odd, case.locator))
    return 0


def _format_text(
    found: NamespaceDiagnosis, odd: tuple[Finding, ...], locator: PolicyLocator
) -> Iterator[str]:
    met = sum(each.predicted is each.flow.expected for each in found.flows)
    yield f"{met} of {len(found.flows)} flows are as the lab wants them."
    for number, cause in enumerate(found.causes, 1):
        yield ""
        yield from _wrap_text(f"{number}. ", cause.message)
        yield f"   {_format_place(cause, locator)}"
        yield from _wrap_text("   for ", ", ".join(cause.flows))
    if odd:
        yield "\nFindings"
    for each in odd:
        at = locator.locate(each.policy, each.path)
        place = " ".join(part for part in (each.policy, each.path, f"({at})" if at else "") if part)
        yield from _wrap_text(
            f"  {each.code} {each.level:<7} ", f"{place}: {each.message} {each.hint}"
        )
    yield "\nFlows"
    for flow in found.flows:
        mark = " " if flow.predicted is flow.flow.expected else "!"
        yield f"{mark} {flow.flow.name:<32} expected {flow.flow.expected:<6} is {flow.predicted}"


def _format_place(cause: RootCause, locator: PolicyLocator) -> str:
    if cause.policy is None:
        return f"{cause.side.lower()}, nothing is there"
    return f"{cause.side.lower()}, {locator.locate(cause.policy, cause.path) or cause.policy}"


def _wrap_text(head: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )
