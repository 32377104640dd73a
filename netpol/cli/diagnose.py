"""`netpol diagnose`: why a namespace is not as a lab wants it."""

import argparse
import json
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from netpol.cli import cases, inputs
from netpol.cli.where import Where
from netpol.contract import dump_diagnosis
from netpol.diagnose import Cause, Diagnosis, diagnose
from netpol.lint import Finding, findings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

WIDTH = 96


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "diagnose",
        help="why a namespace is not as a lab wants it",
        description="What each flow of a lab does under the NetworkPolicies in the files, what is "
        "to blame where it is not as expected, and what else is odd about them. Pods and "
        "Namespaces in the files count; without any the lab's stand-ins serve.",
    )
    parser.set_defaults(run=run)
    cases.add_to(parser)
    inputs.add_output(parser, "json")


def run(options: argparse.Namespace) -> int:
    """Print the diagnosis, whatever it is, with status 0."""
    case = cases.case(options)
    found = diagnose(case.lab, case.written.cluster, case.namespace, case.policies)
    odd = findings(case.lab, case.namespace, case.written, case.policies)
    if options.output == "json":
        print(json.dumps(dump_diagnosis(found, odd), indent=2))
    else:
        inputs.say(_text(found, odd, case.where))
    return 0


def _text(found: Diagnosis, odd: tuple[Finding, ...], where: Where) -> Iterator[str]:
    met = sum(each.predicted is each.flow.expected for each in found.flows)
    yield f"{met} of {len(found.flows)} flows are as the lab wants them."
    for number, cause in enumerate(found.causes, 1):
        yield ""
        yield from _wrapped(f"{number}. ", cause.message)
        yield f"   {_place(cause, where)}"
        yield from _wrapped("   for ", ", ".join(cause.flows))
    if odd:
        yield "\nFindings"
    for each in odd:
        at = where.of(each.policy, each.path)
        place = " ".join(part for part in (each.policy, each.path, f"({at})" if at else "") if part)
        yield from _wrapped(
            f"  {each.code} {each.level:<7} ", f"{place}: {each.message} {each.hint}"
        )
    yield "\nFlows"
    for flow in found.flows:
        mark = " " if flow.predicted is flow.flow.expected else "!"
        yield f"{mark} {flow.flow.name:<32} expected {flow.flow.expected:<6} is {flow.predicted}"


def _place(cause: Cause, where: Where) -> str:
    if cause.policy is None:
        return f"{cause.side.lower()}, nothing is there"
    return f"{cause.side.lower()}, {where.of(cause.policy, cause.path) or cause.policy}"


def _wrapped(head: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )
