"""`python -m netpol`: what policies mean, on the command line."""

import argparse
from collections.abc import Sequence

from netpol.cli import check, diagnose, explain, matrix, repair, report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and answer with its exit status: 0, or 2 for input that cannot be used."""
    parser = argparse.ArgumentParser(prog="netpol", description=__doc__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    matrix.add_to(commands)
    report.add_to(commands)
    explain.add_to(commands)
    diagnose.add_to(commands)
    repair.add_to(commands)
    check.add_to(commands)
    chosen = parser.parse_args(arguments)
    status: int = chosen.run(chosen)
    return status
