"""The lab that a command takes: a file, or one that comes along."""

import argparse
from pathlib import Path

from netpol import lab
from netpol.lab import LABS, Lab, LabError


def add_to(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "lab", metavar="LAB", help="a lab file, or the name of one in labs/ without its ending"
    )


def named(name: str) -> Lab:
    """Raises `LabError`."""
    known = LABS / f"{name}.yaml"
    if Path(name).suffix or "/" in name or not known.is_file():
        if not Path(name).is_file():
            shipped = ", ".join(sorted(_shipped()))
            raise LabError(f"{name}: is no lab file; those that come along are {shipped}")
        return lab.load(Path(name))
    return lab.load(known)


def _shipped() -> list[str]:
    solutions = {f"{path.stem}-solution" for path in LABS.glob("*.yaml")}
    return [path.stem for path in LABS.glob("*.yaml") if path.stem not in solutions]
