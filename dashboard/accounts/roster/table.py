"""Parse a roster as spreadsheets write it: CSV with a line of column names. Pure."""

import csv
import io
import re
from collections.abc import Iterator

from dashboard.accounts.roster.entries import RosterEntry, RosterFault, quote_text

COLUMNS = {
    "login": "login",
    "github": "login",
    "github_login": "login",
    "github_user": "login",
    "github_username": "login",
    "user": "login",
    "username": "login",
    "name": "name",
    "display_name": "name",
    "full_name": "name",
    "student": "name",
    "student_name": "name",
    "section": "section",
    "class": "section",
    "cohort": "section",
    "group": "section",
}
DELIMITERS = ",;\t"


def find_columns(line: str) -> dict[str, int]:
    """The places of known columns in a line of column names; the first of each counts."""
    places: dict[str, int] = {}
    for place, title in enumerate(_parse_titles(line)):
        if known := COLUMNS.get(_normalize_title(title)):
            places.setdefault(known, place)
    return places


def _parse_titles(line: str) -> list[str]:
    """A title may have the delimiter in quotes; a line that is no CSV has no titles."""
    try:
        return next(csv.reader([line], delimiter=find_delimiter(line)), [])
    except csv.Error:
        return []


def find_delimiter(line: str) -> str:
    """The most frequent one in the line of column names."""
    return max(DELIMITERS, key=line.count)


def parse_rows(text: str) -> Iterator[RosterEntry | RosterFault]:
    """The students of a table whose first line names a column for the login."""
    first = text.split("\n", 1)[0]
    places = find_columns(first)
    reader = csv.reader(
        io.StringIO(text, newline="\n"), delimiter=find_delimiter(first), strict=True
    )
    begun = 1
    try:
        for cells in reader:
            if begun > 1 and any(map(str.strip, cells)):
                yield _parse_row(begun, cells, places)
            begun = reader.line_num + 1
    except csv.Error as error:
        yield RosterFault(reader.line_num, f"is not CSV: {error}.")


def _parse_row(line: int, cells: list[str], places: dict[str, int]) -> RosterEntry | RosterFault:
    if places["login"] >= len(cells):
        wanted = places["login"] + 1
        return RosterFault(
            line,
            f"{quote_text(cells[0])} has {len(cells)} cells, and the login is in cell {wanted}:"
            " give each line as many as the first.",
        )
    fields = {
        column: cells[place].strip(" ") for column, place in places.items() if place < len(cells)
    }
    return RosterEntry(line, **fields)


def _normalize_title(title: str) -> str:
    return re.sub(r"[\s-]+", "_", title.strip().lower())
