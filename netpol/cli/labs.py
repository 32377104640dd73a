"""The lab that a command takes: a file, or one that comes along."""

import argparse
from pathlib import Path

from netpol import lab
from netpol.lab import LABS, Lab, LabError
from netpol.load import LoadError


def add_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "lab", metavar="LAB", help="a lab file, or the name of one in labs/ without its ending"
    )


def find_lab(name: str) -> Lab:
    """Raises `Refused`."""
    known = LABS / f"{name}.yaml"
    file = Path(name) if Path(name).suffix or "/" in name or not known.is_file() else known
    if not file.is_file():
        shipped = ", ".join(sorted(_list_shipped_labs()))
        raise LoadError([f"{name}: is no lab file; those that come along are {shipped}"])
    try:
        return lab.load_lab(file)
    except LabError as error:
        raise LoadError([str(error)]) from None


def _list_shipped_labs() -> list[str]:
    solutions = {f"{path.stem}-solution" for path in LABS.glob("*.yaml")}
    return [path.stem for path in LABS.glob("*.yaml") if path.stem not in solutions]
