"""The roster and the namespaces, as the roster page reads them."""

from dashboard.accounts.roster import ParsedRoster, RosterChanges, compare_roster
from dashboard.models import Namespace, Student
from dashboard.web.roster.page import ClassRoster, build_roster


def query_roster() -> ClassRoster:
    return build_roster(Student.objects.all(), Namespace.objects.present())


def preview_changes(parsed: ParsedRoster) -> RosterChanges:
    return compare_roster(Student.objects.all(), parsed.entries)
