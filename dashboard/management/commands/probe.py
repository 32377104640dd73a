"""`manage.py probe`: what each method observes of one namespace now. Nothing is recorded."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from time import monotonic, sleep
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dashboard.active_lab import active_lab
from dashboard.collect.cluster import ClusterError, fetch_prober_reports, open_connection
from dashboard.collect.http.answers import HttpAnswer, HttpResult
from dashboard.collect.http.hosts import HOST_BUDGET, ProbeAnswer, ProbeAnswers
from dashboard.collect.methods.lab_probes import (
    build_observations,
    build_requests,
    build_unaskable_observations,
    lab_probes_of,
)
from dashboard.collect.methods.prober import build_report_observations, select_newest_reports
from dashboard.collect.methods.uptime_kuma.monitors import egress_observations, read_monitors
from dashboard.collect.methods.uptime_kuma.pages import MonitorList
from dashboard.collect.probe_round import ask_namespaces
from dashboard.management.terminal import (
    add_cluster_options,
    open_progress_display,
    require_migrated,
)
from dashboard.models import Namespace, Observation
from netpol.lab import Probe, ProbeReading

PATIENCE = 60.0
"""Seconds to wait while a worker asks the same hosts."""
AGAIN = 2.0
BUSY = (
    "A worker is asking this host right now, and a host gets one request at a time: "
    "try again in a minute."
)


class Command(BaseCommand):
    help = (
        "Ask the public URLs of one student's namespace, read the reports of probers inside, "
        "and print what each method observes of the lab's flows. Nothing is recorded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("namespace", metavar="NAMESPACE")
        add_cluster_options(parser)

    def handle(self, *_args: Any, namespace: str, kubeconfig: str, context: str, **_: Any) -> None:
        require_migrated()
        asked = find_namespace(namespace)
        try:
            answers = self.ask_urls(asked)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{asked.name}: {asked.student}, {asked.environment}, {timezone.now():%F %T} UTC"
        )
        found = self.print_outside(asked, answers) + self.print_inside(asked, kubeconfig, context)
        covered = {observation.flow for observation in found}
        others = [flow.name for flow in active_lab().flows if flow.name not in covered]
        if others:
            self.stdout.write(f"\nNo method here covers: {', '.join(others)}.")

    def ask_urls(self, namespace: Namespace) -> ProbeAnswers:
        """A host gets one request at a time, so this may have to wait for a worker's."""
        progress, began = open_progress_display(self.stderr), monotonic()
        try:
            while True:
                answers: dict[str, ProbeAnswer] = {}
                for batch in ask_namespaces([namespace]):
                    passed = min(monotonic() - began, HOST_BUDGET)
                    progress("asking the URLs", round(passed), round(HOST_BUDGET))
                    for _, each in batch:
                        answers.update(each)
                passed = monotonic() - began
                if answers or not build_requests(namespace) or passed > PATIENCE:
                    return answers
                progress("waiting for a worker", round(passed), round(PATIENCE))
                sleep(AGAIN)
        finally:
            progress.clear_line()

    def print_outside(self, namespace: Namespace, answers: ProbeAnswers) -> list[Observation]:
        found = list(build_unaskable_observations(namespace, timezone.now()))
        if found:
            self.print_method(f"from {settings.PROBE_VANTAGE}", found)
            return found
        for probe in lab_probes_of(namespace):
            if answer := answers.get(probe.name):
                found += self.print_answer(namespace, probe, answer)
            else:
                address = probe.url_for(namespace.student.lower())
                self.print_method(f"{probe.name}  {address}", (), BUSY)
        return found

    def print_answer(
        self, namespace: Namespace, probe: Probe, answer: ProbeAnswer
    ) -> list[Observation]:
        answers = {probe.name: answer}
        found = list(build_observations(namespace, answers))
        address = probe.url_for(namespace.student.lower())
        self.print_method(
            f"{probe.name}, from {settings.PROBE_VANTAGE}  {address}",
            found,
            *describe_answer(probe, answer),
        )
        for listing in read_monitors([(namespace, answers)], timezone.now()):
            own = egress_observations(listing, timezone.now())
            *_, monitors = listing
            self.print_method(f"{probe.name}, from uptime-kuma", own, *describe_monitors(monitors))
            found += own
        return found

    def print_inside(
        self, namespace: Namespace, kubeconfig: str, context: str
    ) -> list[Observation]:
        try:
            with open_connection(kubeconfig, context) as connection:
                found = fetch_prober_reports(connection, active_lab(), namespace.name)
        except ClusterError as error:
            self.print_method("prober", (), f"The cluster cannot be asked. {error}")
            return []
        reports = list(select_newest_reports(found, timezone.now()))
        if not reports:
            self.print_method(
                "prober", (), "No prober has ended here, so nothing is observed from inside."
            )
        observations: list[Observation] = []
        for report in reports:
            flows = list(build_report_observations(namespace.pk, report))
            head = f"prober, inside, as {report.entity}"
            self.print_method(head, flows, f"ended {report.at:%F %T} UTC")
            observations += flows
        return observations

    def print_method(self, head: str, found: Iterable[Observation], *lines: str) -> None:
        self.stdout.write("\n".join(["", head, *(f"  {line}" for line in lines)]))
        for row in found:
            took = "" if row.latency_ms is None else f", {row.latency_ms} ms"
            self.stdout.write(f"  {row.flow:<32} {row.outcome:<8} {row.reason}{took}")


def find_namespace(name: str) -> Namespace:
    """As polls know it, or as its name says, if it was never polled."""
    if known := Namespace.objects.filter(name=name).first():
        return known
    pattern = active_lab().namespaces
    if owner := pattern.find_owner(name, {}):
        return Namespace(name=name, student=owner.student, environment=owner.environment)
    example = pattern.template.format(student="LOGIN", environment=pattern.environments[0])
    raise CommandError(f"{name} is not a student's namespace; their names look like {example}.")


def describe_answer(probe: Probe, answer: ProbeAnswer) -> Iterator[str]:
    if probe.reading is not ProbeReading.UPTIME_KUMA:
        yield describe_result(answer.result)
        return
    yield f"entry page: {describe_result(answer.result)}"
    for page, result in answer.pages.items():
        yield f"{page}: {describe_result(result)}"


def describe_result(result: HttpResult) -> str:
    if isinstance(result, HttpAnswer):
        return f"{result.status} in {result.seconds:.2f} s, {len(result.body)} bytes"
    return f"no answer: {result.cause}{f', {result.detail}' if result.detail else ''}"


def describe_monitors(listing: MonitorList) -> Iterator[str]:
    if listing.problem:
        yield listing.problem
    for monitor in listing.monitors:
        at = f"{monitor.at:%T} UTC" if monitor.at else "never"
        watches = monitor.watches or "no known URL of the lab"
        yield f"monitor {monitor.name}: {monitor.status}, beat {at}, watches {watches}"
