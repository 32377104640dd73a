"""What does it cost to diagnose a class whose namespaces are all broken, each in its own way?

`python -m bench.diagnosis [NAMESPACES] [SECONDS]`: the lab's solution with one mistake or two.
Prints milliseconds on one core, the ratio to assessing the same namespaces, and how both grow with
the number of policies. Stops after so many seconds and says how far it came.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from itertools import combinations, islice
from statistics import median

from netpol import parse
from netpol.assess import assess_namespace
from netpol.diagnose import diagnose_namespace
from netpol.lint import lint_namespace
from netpol.load import build_manifest_set
from netpol.model import build_cluster
from tests.netpol.mistakes import LAB, Manifest, Mistake, mistakes, solution

COPIES = (1, 2, 4, 8)
"""How often each policy of a namespace is there, for the growth."""
Times = dict[str, list[float]]


def main(namespaces: int = 1000, seconds: float = 300) -> None:
    until = time.monotonic() + seconds
    times: Times = {}
    for number, manifests in enumerate(islice(classmates(), namespaces)):
        if time.monotonic() > until:
            break
        measure(times, f"student-{number}-dev", manifests)
    print(f"{len(times['diagnose'])} of {namespaces} namespaces, no two alike")
    for work, spent in times.items():
        print(summary(work, spent))
    ratios = [one / other for one, other in zip(times["diagnose"], times["assess"], strict=True)]
    print(f"diagnose / assess: median {median(ratios):.1f}, 95 % {at(ratios, 0.95):.1f}")
    print(f"all of them diagnosed in {sum(times['diagnose']):.1f} s")
    for copies in COPIES:
        growth(copies)


def classmates() -> Iterator[list[Manifest]]:
    """One mistake each; when these run out, two in different policies."""
    single = list(mistakes())
    yield from (each.manifests for each in single)
    whole = [each for each in single if len(each.manifests) == len(solution())]
    for one, other in combinations(whole, 2):
        if one.policy != other.policy:
            yield both(one, other)


def both(one: Mistake, other: Mistake) -> list[Manifest]:
    pairs = zip(solution(), one.manifests, other.manifests, strict=True)
    return [second if first == right else first for right, first, second in pairs]


def growth(copies: int, namespaces: int = 20) -> None:
    times: Times = {}
    for number, mistake in enumerate(list(mistakes())[::7][:namespaces]):
        measure(times, f"student-{number}-dev", list(copied(mistake.manifests, copies)))
    policies = len(solution()) * copies
    spent = (f"{work} {1000 * median(times[work]):.1f}" for work in ("assess", "diagnose"))
    print(f"{policies:4} policies: {', '.join(spent)} ms in the median")


def copied(manifests: Sequence[Manifest], copies: int) -> Iterator[Manifest]:
    for number in range(copies):
        for manifest in deepcopy(list(manifests)):
            manifest["metadata"]["name"] += f"-{number}"
            yield manifest


def measure(times: Times, namespace: str, manifests: list[Manifest]) -> None:
    home = LAB.namespaces.label_namespace(namespace)
    policies = [parse.parse_policy(each, namespace=namespace) for each in manifests]
    written = build_manifest_set(manifests, namespace)
    cluster = build_cluster([home])
    for work, run in (
        ("assess", lambda: assess_namespace(LAB, build_cluster([home], (), policies), namespace)),
        ("diagnose", lambda: diagnose_namespace(LAB, cluster, namespace, manifests)),
        ("findings", lambda: lint_namespace(LAB, namespace, written, manifests)),
    ):
        times.setdefault(work, []).append(seconds_of(run))


def seconds_of(run: Callable[[], object]) -> float:
    """Of the processor, whoever else is using the machine."""
    began = time.process_time()
    run()
    return time.process_time() - began


def summary(work: str, spent: list[float]) -> str:
    figures = (1000 * each for each in (median(spent), at(spent, 0.95), max(spent)))
    return "{:<9} median {:6.1f} ms, 95 % {:6.1f}, most {:6.1f}".format(work, *figures)


def at(values: list[float], part: float) -> float:
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
