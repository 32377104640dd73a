"""The sentences that tell a student why: the end, the policy and the rule."""

from dataclasses import replace

import pytest

from netpol.model import UnsupportedPolicy
from netpol.parse import Json
from tests.netpol.student import LAB, NAMESPACE, assessed, manifests, pod, solution


def explanation(policies: list[Json], flow: str) -> str:
    return assessed(policies).find_flow(flow).explanation


def only(*names: str) -> list[Json]:
    return [one for one in LAB.solution if one["metadata"]["name"] in names]


DNS_54 = """
metadata: {name: allow-dns}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
    - to:
        - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
          podSelector: {matchLabels: {k8s-app: kube-dns}}
      ports: [{protocol: UDP, port: 54}, {protocol: TCP, port: 53}]
"""
PEER_TYPO = """
metadata: {name: allow-redis-from-app}
spec:
  podSelector: {matchLabels: {app: redis}}
  ingress:
    - from: [{podSelector: {matchLabels: {app: student-ap}}}]
      ports: [{port: 6379}]
"""
AND_FOR_OR = """
metadata: {name: allow-gateway-ingress}
spec:
  podSelector: {matchLabels: {app: student-app}}
  ingress:
    - from:
        - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
          podSelector: {matchLabels: {app: uptime-kuma}}
      ports: [{port: 5000}]
"""
OLD_NAMESPACE_LABEL = """
metadata: {name: allow-gateway-ingress}
spec:
  podSelector: {matchLabels: {app: student-app}}
  ingress:
    - from: [{namespaceSelector: {matchLabels: {name: kube-system}}}]
"""
DNS_WITHOUT_NAMESPACE = """
metadata: {name: allow-dns}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
    - to: [{podSelector: {matchLabels: {k8s-app: kube-dns}}}]
      ports: [{protocol: UDP, port: 53}]
"""
NAMED_AND_RANGES = """
metadata: {name: allow-in}
spec:
  podSelector: {matchLabels: {app: student-app}}
  ingress:
    - ports: [{port: web}, {port: 8000, endPort: 8080}, {protocol: UDP}]
"""


@pytest.mark.parametrize(
    ("policies", "flow", "sentences"),
    [
        (
            [],
            "student-app to redis",
            """
            Allowed: no policy isolates student-app for egress and no policy isolates
            redis for ingress.
            """,
        ),
        (
            solution(),
            "student-app to redis",
            """
            Allowed: egress rule 1 of `allow-app-to-redis` (`spec.egress[0]`) lets
            student-app send it and ingress rule 1 of `allow-redis-from-app`
            (`spec.ingress[0]`) lets redis receive it.
            """,
        ),
        (
            solution(),
            "uptime-kuma to internet HTTPS",
            """
            Allowed: egress rule 2 of `allow-kuma-monitoring` (`spec.egress[1]`) lets
            uptime-kuma send it.
            """,
        ),
        (
            only("default-deny-all", "allow-app-to-redis"),
            "student-app to redis",
            """
            Blocked at redis: `default-deny-all` isolates redis for ingress and no
            ingress rule applies to it. student-app may send it by egress rule 1 of
            `allow-app-to-redis` (`spec.egress[0]`).
            """,
        ),
        (
            only("default-deny-all", "allow-redis-from-app"),
            "student-app to redis",
            """
            Blocked at student-app: `default-deny-all` isolates student-app for egress
            and no egress rule applies to it. redis may receive it by ingress rule 1 of
            `allow-redis-from-app` (`spec.ingress[0]`).
            """,
        ),
        (
            only("default-deny-all"),
            "student-app to redis",
            """
            Blocked at student-app: `default-deny-all` isolates student-app for egress
            and no egress rule applies to it. Also blocked at redis: `default-deny-all`
            isolates redis for ingress and no ingress rule applies to it.
            """,
        ),
        (
            [*only("default-deny-all"), *manifests(DNS_54)],
            "redis to DNS",
            """
            Blocked at redis: `default-deny-all` and `allow-dns` isolate redis for
            egress and their only egress rule does not admit dns on UDP 53. Closest is
            egress rule 1 of `allow-dns`
            (`spec.egress[0].ports[0].port`): it admits dns on UDP 54 or
            TCP 53, not on UDP 53.
            """,
        ),
        (
            solution(without=("allow-redis-from-app",), plus=PEER_TYPO),
            "student-app to redis",
            """
            Blocked at redis: `default-deny-all` and `allow-redis-from-app` isolate
            redis for ingress and their only ingress rule does not admit student-app on
            TCP 6379. Closest is ingress rule 1 of `allow-redis-from-app`
            (`spec.ingress[0].from[0].podSelector`): it covers TCP 6379, but its
            podSelector does not select student-app. student-app may send it by egress
            rule 1 of `allow-app-to-redis` (`spec.egress[0]`).
            """,
        ),
        (
            solution(without=("allow-gateway-ingress",), plus=AND_FOR_OR),
            "Gateway to student-app",
            """
            Blocked at student-app: `default-deny-all` and 2 more policies isolate
            student-app for ingress and none of their 2 ingress rules admits gateway on
            TCP 5000. Closest is ingress rule 1 of `allow-gateway-ingress`
            (`spec.ingress[0].from[0].podSelector`): it covers TCP 5000, but its
            podSelector does not select gateway.
            """,
        ),
        (
            manifests(OLD_NAMESPACE_LABEL),
            "Gateway to student-app",
            """
            Blocked at student-app: `allow-gateway-ingress` isolates student-app for
            ingress and its only ingress rule does not admit gateway on TCP 5000. Closest
            is ingress rule 1 of `allow-gateway-ingress`
            (`spec.ingress[0].from[0].namespaceSelector`): it covers
            TCP 5000, but its namespaceSelector does not select the namespace of gateway.
            """,
        ),
        (
            manifests(DNS_WITHOUT_NAMESPACE),
            "redis to DNS",
            """
            Blocked at redis: `allow-dns` isolates redis for egress and its only egress
            rule does not admit dns on UDP 53. Closest is egress rule 1 of `allow-dns`
            (`spec.egress[0].to[0]`): it covers UDP 53, but without a
            namespaceSelector it looks for dns in its own namespace only.
            """,
        ),
        (
            solution(without=("allow-gateway-ingress",)),
            "Gateway to student-app",
            """
            Blocked at student-app: `default-deny-all` and `allow-app-from-kuma` isolate
            student-app for ingress and their only ingress rule does not admit gateway on
            TCP 5000. Closest is ingress rule 1 of `allow-app-from-kuma`
            (`spec.ingress[0].from`): it covers TCP 5000, but its peers do not include
            gateway.
            """,
        ),
        (
            manifests(NAMED_AND_RANGES),
            "Gateway to student-app",
            """
            Blocked at student-app: `allow-in` isolates student-app for ingress and its
            only ingress rule does not admit gateway on TCP 5000. Closest is ingress
            rule 1 of `allow-in` (`spec.ingress[0].ports`): it admits gateway on TCP `web` or
            TCP 8000-8080 or every UDP port, not on TCP 5000.
            """,
        ),
    ],
)
def test_the_end_the_policy_and_the_rule_are_named(
    policies: list[Json], flow: str, sentences: str
) -> None:
    assert explanation(policies, flow).split() == sentences.split()


def test_no_closest_rule_is_offered_for_a_flow_that_should_be_closed() -> None:
    assert explanation(solution(), "uptime-kuma to redis").endswith(
        "redis for ingress and their only ingress rule does not admit uptime-kuma on TCP 6379."
    )
    assert "Closest" not in explanation(solution(), "uptime-kuma to redis")


NEW_PODS_ONLY = """
metadata: {name: deny-new}
spec: {podSelector: {matchLabels: {version: new}}, policyTypes: [Ingress]}
"""


def test_partial_is_explained_by_the_pods_that_are_blocked() -> None:
    pods = pod("student-app", "a", version="old"), pod("student-app", "b", version="new")
    assert assessed(manifests(NEW_PODS_ONLY), pods).find_flow(
        "Gateway to student-app"
    ).explanation == (
        "Blocked for some pods at student-app: `deny-new` isolates student-app for ingress "
        "and no ingress rule applies to it."
    )


def test_what_is_not_known_says_at_which_end_and_why() -> None:
    on_node = replace(pod("student-app"), host_network=True)
    flow = assessed(only("default-deny-all"), (on_node,)).find_flow("Gateway to student-app")
    assert flow.explanation.startswith("Not known at student-app: ")
    cilium = UnsupportedPolicy("CiliumNetworkPolicy", "l7", NAMESPACE)
    flow = assessed([], unsupported=(cilium,)).find_flow("student-app to internet HTTPS")
    assert flow.explanation.startswith("Not known at student-app: ")
    assert "CiliumNetworkPolicy" in flow.explanation


def test_the_headline_is_the_first_sentence() -> None:
    assessment = assessed(only("default-deny-all"))
    assert assessment.find_flow("student-app to redis").headline == (
        "Blocked at student-app: `default-deny-all` isolates student-app for egress and no "
        "egress rule applies to it."
    )
    assert assessed([]).find_flow("redis to DNS").headline == (
        "Allowed: no policy isolates redis for egress."
    )


def test_names_with_dots_do_not_cut_a_headline() -> None:
    dotted = manifests("metadata: {name: deny.all.v1}\nspec: {podSelector: {}}")
    assert assessed(dotted).find_flow("Gateway to redis").headline == (
        "Blocked at redis: `deny.all.v1` isolates redis for ingress and no ingress rule "
        "applies to it."
    )
