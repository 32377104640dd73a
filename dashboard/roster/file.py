"""A roster's file, whichever of the two kinds it is. Pure."""

import re
from dataclasses import replace

from dashboard.roster import submissions, table
from dashboard.roster.entries import Entry, Fault, Listed, RefusedRoster, gathered

MOST_BYTES = 1024 * 1024
"""A thousand students take a tenth of it."""
MOST_STUDENTS = 5_000
WHAT_IS_RIGHT = (
    "begin with a line of column names such as login,name,section,"
    f" or be YAML of kind {submissions.KIND} with students[].{submissions.LOGIN}"
)
_YAML = re.compile(r"^(---|apiVersion\s*:|kind\s*:|students\s*:|\{)", re.MULTILINE)


def read(content: bytes | str, section: str = "") -> Listed:
    """`section` is that of those whom the file gives none. Raises `RefusedRoster`."""
    text = _text(content)
    listed = gathered(_entries(text, section.strip()))
    if len(listed.entries) > MOST_STUDENTS:
        raise RefusedRoster(
            [Fault(0, f"There are more than {MOST_STUDENTS} students: split the file.")]
        )
    if not listed.entries:
        raise RefusedRoster([Fault(0, "Nobody is listed in the file, or nobody with a login.")])
    return listed


def _text(content: bytes | str) -> str:
    if len(content) > MOST_BYTES:
        raise RefusedRoster([Fault(0, f"A roster may have {MOST_BYTES // 1024} KiB at most.")])
    try:
        text = content.decode() if isinstance(content, bytes) else content
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RefusedRoster([Fault(line, "is not UTF-8: save the file as UTF-8.")]) from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _entries(text: str, section: str) -> list[Entry | Fault]:
    if "login" in table.columns(text.split("\n", 1)[0]):
        found = table.rows(text)
    elif _YAML.search(text):
        found = submissions.students(text)
    else:
        found = iter([Fault(1, f"names no column for the login: a roster has to {WHAT_IS_RIGHT}.")])
    return [
        replace(one, section=one.section or section) if isinstance(one, Entry) else one
        for one in found
    ]
