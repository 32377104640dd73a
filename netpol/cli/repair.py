"""`netpol repair`: the smallest change that gives a lab what it wants."""

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import yaml

from netpol.cli import cases, inputs
from netpol.json_output import dump_repair
from netpol.repair import PolicyEdit, Repair, find_repair
from netpol.repair.manifests import format_diff

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_command(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "repair",
        help="the smallest change that gives a lab what it wants",
        description="The smallest set of edits of the NetworkPolicies in the files after "
        "which every flow of a lab is as expected, proven by evaluation: as a "
        "difference, or with -o yaml as manifests for kubectl apply.",
    )
    parser.set_defaults(run=run_command)
    cases.add_arguments(parser)
    inputs.add_output(parser, "json", "yaml")


def run_command(options: argparse.Namespace) -> int:
    """Print the repair with status 0, also where there is none or nothing to repair."""
    case = cases.load_case(options)
    found = find_repair(case.lab, case.written.cluster, case.namespace, case.policies)
    match options.output:
        case "json":
            print(json.dumps(dump_repair(found), indent=2))
        case "yaml":
            print(yaml.safe_dump_all(found.policies, sort_keys=False), end="")
        case _:
            inputs.print_lines(_format_text(found))
            print(*format_diff(case.policies, found), sep="\n")
    return 0


def _format_text(found: Repair) -> Iterator[str]:
    if found.why_not:
        yield found.why_not
    elif not found.edits:
        yield "Every flow is as the lab wants it: there is nothing to repair."
    for number, edit in enumerate(found.edits, 1):
        yield f"{number}. {_format_edit(edit)}"
        if edit.opens:
            yield f"   opens {', '.join(edit.opens)}"
        if edit.closes:
            yield f"   closes {', '.join(edit.closes)}"
    if found.edits:
        yield ""


def _format_edit(edit: PolicyEdit) -> str:
    if not edit.change.path:
        return f"{'create' if edit.before is None else 'delete'} {edit.policy}"
    what = "add" if edit.before is None else "remove" if edit.after is None else "change"
    return f"{what} {edit.path} in {edit.policy}"
