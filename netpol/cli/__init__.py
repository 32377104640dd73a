"""`python -m netpol`: what policies mean, on the command line."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from netpol.load import LoadError

COMMANDS = ("matrix", "connections", "diff", "explain", "report", "diagnose", "repair", "check")
"""The modules of the commands, each with `HELP`, `add_arguments` and `run_command`; its docstring
is the description. Only the command that is asked for is loaded: some take a while.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status, 2 for input that cannot be used."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="netpol", description=__doc__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in given[:1] if given and given[0] in COMMANDS else COMMANDS:
        module = import_module(f"netpol.cli.{name}")
        command = commands.add_parser(name, help=module.HELP, description=module.__doc__)
        command.set_defaults(run=module.run_command)
        module.add_arguments(command)
    options = parser.parse_args(given)
    try:
        status: int = options.run(options)
    except LoadError as error:
        print(error, file=sys.stderr)
        return 2
    return status
