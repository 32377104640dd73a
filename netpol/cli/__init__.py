"""`python -m netpol`: what policies mean, on the command line."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from netpol.load import LoadError

COMMANDS = ("matrix", "connections", "diff", "explain", "report", "diagnose", "repair", "check")
"""The modules of the commands. One that is not asked for is not loaded: some take a while."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and answer with its exit status: 0, or 2 for input that cannot be used."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="netpol", description=__doc__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in given[:1] if given and given[0] in COMMANDS else COMMANDS:
        import_module(f"netpol.cli.{name}").add_command(commands)
    chosen = parser.parse_args(given)
    try:
        status: int = chosen.run(chosen)
    except LoadError as refused:
        print(refused, file=sys.stderr)
        return 2
    return status
