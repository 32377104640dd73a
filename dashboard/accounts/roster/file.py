"""Parse a roster's file, CSV or YAML. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from dashboard.accounts.roster import submissions, table
from dashboard.accounts.roster.entries import (
    NO_SECTION,
    ParsedRoster,
    RosterEntry,
    RosterError,
    RosterFault,
    merge_entries,
)

MOST_BYTES = 1024 * 1024
"""A thousand students need a tenth of it."""
MOST_STUDENTS = 5_000
WHAT_IS_RIGHT = (
    "begin with a line of column names such as login,name,section,"
    f" or be YAML of kind {submissions.KIND} with students[].{submissions.LOGIN}"
)
_YAML = re.compile(r"^(---|apiVersion\s*:|kind\s*:|students\s*:|\{)", re.MULTILINE)


def parse_roster(content: bytes | str, section: str = "") -> ParsedRoster:
    """`section` is for students without one in the file. Raises `RosterError`."""
    found = list(_parse_entries(_decode_text(content)))
    sectionless = [
        each.line for each in found if isinstance(each, RosterEntry) and each.is_sectionless
    ]
    listed = replace(
        merge_entries(_set_sections(found, section.strip())), sectionless=tuple(sectionless)
    )
    if len(listed.entries) > MOST_STUDENTS:
        raise RosterError(
            [RosterFault(0, f"There are more than {MOST_STUDENTS} students: split the file.")]
        )
    if not listed.entries:
        raise RosterError([RosterFault(0, "The file lists nobody with a login.")])
    return listed


def _decode_text(content: bytes | str) -> str:
    if len(content) > MOST_BYTES:
        raise RosterError([RosterFault(0, f"A roster has at most {MOST_BYTES // 1024} KiB.")])
    try:
        text = content.decode() if isinstance(content, bytes) else content
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RosterError([RosterFault(line, "is not UTF-8: save the file as UTF-8.")]) from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _parse_entries(text: str) -> Iterator[RosterEntry | RosterFault]:
    if "login" in table.find_columns(text.split("\n", 1)[0]):
        return table.parse_rows(text)
    if _YAML.search(text):
        return submissions.parse_submissions(text)
    return iter([RosterFault(1, f"has no column for the login: a roster must {WHAT_IS_RIGHT}.")])


def _set_sections(
    found: Iterable[RosterEntry | RosterFault], section: str
) -> Iterator[RosterEntry | RosterFault]:
    """Set the section of those without one, unless it means none."""
    others = "" if section.lower() == NO_SECTION else section
    for one in found:
        if isinstance(one, RosterFault):
            yield one
        elif one.is_sectionless or not one.section:
            yield replace(one, section=others)
        else:
            yield one
