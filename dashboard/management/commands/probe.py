"""What each method sees of one namespace, now. Nothing of it is kept."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from time import monotonic, sleep
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dashboard.active_lab import active_lab
from dashboard.collect import probing
from dashboard.collect.cluster import ClusterError, connect, fetch_reports
from dashboard.collect.probes.answers import Answer, Failure, Result
from dashboard.collect.probes.kuma import KumaAnswer
from dashboard.collect.probes.visits import BUDGET, Look, Visit
from dashboard.history import prober_reports as reports
from dashboard.history.observations import Sighting
from dashboard.management.terminal import add_cluster, open_progress_display, require_migrated
from dashboard.models import Namespace
from netpol.lab import Probe

PATIENCE = 60.0
"""Seconds to wait while a worker asks the same hosts."""
AGAIN = 2.0
BUSY = (
    "A worker is asking this host right now, and two requests to one URL are never in flight: "
    "try again in a minute."
)


class Command(BaseCommand):
    help = (
        "Ask the public URLs of one student's namespace now, read what probers inside have left, "
        "and print what each method sees of the lab's flows. Nothing is recorded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("namespace", metavar="NAMESPACE")
        add_cluster(parser)

    def handle(self, *_args: Any, namespace: str, kubeconfig: str, context: str, **_: Any) -> None:
        require_migrated()
        asked = named(namespace)
        try:
            visit = self.visit(asked)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{asked.name}: {asked.student}, {asked.environment}, {timezone.now():%F %T} UTC"
        )
        found = self.outside(asked, visit) + self.inside(asked, kubeconfig, context)
        seen = {sighting.flow for sighting in found}
        unseen = [flow.name for flow in active_lab().flows if flow.name not in seen]
        if unseen:
            self.stdout.write(f"\nNo method here covers: {', '.join(unseen)}.")

    def visit(self, namespace: Namespace) -> Visit:
        """A host has only one request at a time, so this may have to wait for a worker's."""
        shown, began = open_progress_display(self.stderr), monotonic()
        try:
            while True:
                visit: dict[str, Look] = {}
                for batch in probing.look([namespace]):
                    shown("asking the URLs", round(min(monotonic() - began, BUDGET)), round(BUDGET))
                    visit.update(look for _, each in batch for look in each.items())
                if visit or not probing.questions(namespace) or monotonic() - began > PATIENCE:
                    return visit
                shown("waiting for a worker", round(monotonic() - began), round(PATIENCE))
                sleep(AGAIN)
        finally:
            shown.clear_line()

    def outside(self, namespace: Namespace, visit: Visit) -> list[Sighting]:
        found = list(probing.nowhere_to_ask(namespace, timezone.now()))
        if found:
            self.tell(f"from {settings.PROBE_VANTAGE}", found)
        for probe in probing.probes_of(namespace):
            look = visit.get(probe.name)
            if look:
                found += self.answered(namespace, probe, look)
            elif probing.questions(namespace):
                address = probe.url_for(namespace.student.lower())
                self.tell(f"{probe.name}  {address}", (), BUSY)
        return found

    def answered(self, namespace: Namespace, probe: Probe, look: Look) -> list[Sighting]:
        visit = {probe.name: look}
        found = list(probing.sightings(namespace, visit))
        address = probe.url_for(namespace.student.lower())
        head = f"{probe.name}, from {settings.PROBE_VANTAGE}  {address}"
        self.tell(head, found, *said(look.answer))
        for each in probing.heard([(namespace, visit)], timezone.now()):
            own = probing.monitor_sightings(each, timezone.now())
            self.tell(f"{probe.name}, from uptime-kuma", own, *monitors(each))
            found += own
        return found

    def inside(self, namespace: Namespace, kubeconfig: str, context: str) -> list[Sighting]:
        try:
            with connect(kubeconfig, context) as connection:
                found = fetch_reports(connection, active_lab(), namespace.name)
                left = list(reports.newest(found, timezone.now()))
        except ClusterError as error:
            self.tell("prober", (), f"The cluster cannot be asked. {error}")
            return []
        if not left:
            self.tell("prober", (), "None has ended here, so nothing is seen from inside.")
        seen: list[Sighting] = []
        for report in left:
            flows = list(reports.sightings(namespace.pk, report))
            self.tell(f"prober, inside, as {report.entity}", flows, f"ended {report.at:%F %T} UTC")
            seen += flows
        return seen

    def tell(self, head: str, found: Iterable[Sighting], *lines: str) -> None:
        self.stdout.write("\n".join(["", head, *(f"  {line}" for line in lines)]))
        for sighting in found:
            took = "" if sighting.latency_ms is None else f", {sighting.latency_ms} ms"
            outcome = sighting.outcome.value
            self.stdout.write(f"  {sighting.flow:<32} {outcome:<8} {sighting.reason}{took}")


def named(name: str) -> Namespace:
    """As it is known, or as its name tells, where it was never polled."""
    if known := Namespace.objects.filter(name=name).first():
        return known
    pattern = active_lab().namespaces
    if owner := pattern.find_owner(name, {}):
        return Namespace(name=name, student=owner.student, environment=owner.environment)
    example = pattern.template.format(student="LOGIN", environment=pattern.environments[0])
    raise CommandError(f"{name} is no student's namespace; one is called like {example}.")


def said(answer: Result | KumaAnswer) -> Iterator[str]:
    match answer:
        case Answer(status, body, seconds):
            yield f"{status} in {seconds:.2f} s, {len(body)} bytes"
        case Failure(cause, detail):
            yield f"no answer: {cause}{f', {detail}' if detail else ''}"
        case KumaAnswer():
            parts = {
                "entry page": answer.entry,
                "status page": answer.page,
                "beats": answer.beats,
                "metrics": answer.metrics,
            }
            for part, result in parts.items():
                if result is not None:
                    yield from (f"{part}: {line}" for line in said(result))


def monitors(heard: probing.Heard) -> Iterator[str]:
    if heard.problem:
        yield heard.problem
    for each in heard.watched:
        at = f"{each.beat.at:%T} UTC" if each.beat.at else "never"
        watches = each.watches or "none of the lab's URLs, as far as is known"
        yield f"monitor {each.beat.name}: {each.beat.status}, beat {at}, watches {watches}"
