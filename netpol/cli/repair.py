"""Find the smallest set of edits of the NetworkPolicies in the files after which every flow of a
lab is as expected, proven by evaluation: as a diff, or with -o yaml as manifests for kubectl
apply.
"""

import argparse
import json
from collections.abc import Iterator

import yaml

from netpol.cli import inputs, labs
from netpol.json_output import dump_repair
from netpol.repair import Repair, find_repair
from netpol.repair.manifests import format_diff

HELP = "the smallest change that gives a lab what it wants"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    labs.add_arguments(parser)
    inputs.add_output(parser, "json", "yaml")


def run_command(options: argparse.Namespace) -> int:
    """Print the repair with status 0, also where there is none or nothing to repair."""
    case = labs.load_case(options)
    repair = find_repair(case.lab, case.written.cluster, case.namespace, case.policies)
    match options.output:
        case "json":
            print(json.dumps(dump_repair(repair), indent=2))
        case "yaml":
            print(yaml.safe_dump_all(repair.policies, sort_keys=False), end="")
        case _:
            inputs.print_lines(_format_text(repair))
            print(*format_diff(case.policies, repair), sep="\n")
    return 0


def _format_text(repair: Repair) -> Iterator[str]:
    if repair.why_not:
        yield repair.why_not
    elif not repair.edits:
        yield "Every flow is as the lab wants it: there is nothing to repair."
    for number, edit in enumerate(repair.edits, 1):
        what = "add" if edit.before is None else "remove" if edit.after is None else "change"
        if edit.path:
            yield f"{number}. {what} {edit.path} in {edit.policy}"
        else:
            yield f"{number}. {'create' if edit.before is None else 'delete'} {edit.policy}"
        for verb, flows in (("opens", edit.opens), ("closes", edit.closes)):
            if flows:
                yield f"   {verb} {', '.join(flows)}"
    if repair.edits:
        yield ""
