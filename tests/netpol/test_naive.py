"""`decide` and `matrix` answer as the rules read when they are written down naively."""

from collections import Counter

from hypothesis import Phase, given, seed, settings

from netpol import parse
from netpol.evaluate import decide_connection
from netpol.matrix import compute_matrix
from netpol.model import Cluster, Endpoint, Outcome, OutsideAddress, Protocol, build_cluster
from netpol.validate import parse_address
from tests.netpol import corners
from tests.netpol.naive import End, World, allowed
from tests.netpol.worlds import OUTSIDE, QUESTIONS, connections, worlds

ANSWERS = {Outcome.ALLOW: True, Outcome.DENY: False, Outcome.UNKNOWN: None}


def parsed(world: World) -> tuple[Cluster, dict[str, Endpoint]]:
    pods = [pod for manifest in world.pods if (pod := parse.parse_pod(manifest))]
    cluster = build_cluster(
        map(parse.parse_namespace, world.namespaces), pods, map(parse.parse_policy, world.policies)
    )
    outside = {text: OutsideAddress(end) for text in OUTSIDE if (end := parse_address(text))}
    return cluster, {**{f"{pod.namespace}/{pod.name}": pod for pod in pods}, **outside}


def name(end: End) -> str:
    if isinstance(end, str):
        return end
    return f"{end['metadata']['namespace'] or 'default'}/{end['metadata']['name']}"


@settings(deadline=None)
@given(worlds(), QUESTIONS)
def test_decide_and_the_matrix_are_what_the_rules_say(
    world: World, question: tuple[int, str]
) -> None:
    port, protocol = question[0], Protocol(question[1])
    cluster, ends = parsed(world)
    outside = {text: end for text, end in ends.items() if isinstance(end, OutsideAddress)}
    answers = compute_matrix(cluster, port, protocol, outside)
    for each in connections(world, *question):
        source, destination = name(each.source), name(each.destination)
        decided = decide_connection(cluster, ends[source], ends[destination], port, protocol)
        expected = allowed(world, each)
        assert (ANSWERS[decided.outcome], answers[source][destination]) == (expected, expected)


def test_the_generated_clusters_reach_every_corner() -> None:
    seen: Counter[object] = Counter()

    @seed(0)
    @settings(max_examples=300, database=None, deadline=None, phases=[Phase.generate])
    @given(worlds(), QUESTIONS)
    def count(world: World, question: tuple[int, str]) -> None:
        seen.update(corners.reached(world))
        seen.update(allowed(world, each) for each in connections(world, *question))

    count()
    assert [corner for corner in corners.ALL if not seen[corner]] == []
    assert [answer for answer in (True, False, None) if seen[answer] < 100] == []
