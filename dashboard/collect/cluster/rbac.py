"""The objects that grant the read-only rights which polling needs."""

from collections.abc import Iterable, Sequence
from itertools import groupby

import yaml

from dashboard.collect.cluster.kinds import ROUTES, SERVICES, SLICES
from netpol.kinds import NAMESPACES, PODS, POLICIES, UNSUPPORTED, ObjectKind
from netpol.parse import Json

ACCOUNT_NAME = "class-netpol"
RBAC_GROUP = "rbac.authorization.k8s.io"


NAMESPACED_KINDS = (PODS, SERVICES, POLICIES, SLICES, ROUTES)


def build_rules(kinds: Iterable[ObjectKind]) -> list[Json]:
    """A role's rules that allow listing these kinds."""
    return [
        {"apiGroups": [group], "resources": [kind.plural for kind in of_group], "verbs": ["list"]}
        for group, of_group in groupby(kinds, lambda kind: kind.group)
    ]


def dump_rules(kinds: Iterable[ObjectKind]) -> tuple[str, ...]:
    """One text for each rule, as it stands under `rules:` of a role."""
    return tuple(
        yaml.safe_dump([rule], sort_keys=False, default_flow_style=None).strip()
        for rule in build_rules(kinds)
    )


def grant_class(subject: Json) -> list[Json]:
    """Grant every namespace by one binding, so that a new one can be read at once."""
    name = f"{ACCOUNT_NAME}-reader"
    everything = (NAMESPACES, *NAMESPACED_KINDS, *UNSUPPORTED)
    return [_cluster_role(name, everything), _cluster_binding(name, subject)]


def grant_namespaces(names: Sequence[str], subject: Json) -> list[Json]:
    """Grant only these namespaces, and cluster-wide what belongs to none."""
    cluster, students = f"{ACCOUNT_NAME}-cluster-reader", f"{ACCOUNT_NAME}-student-reader"
    return [
        _cluster_role(cluster, (NAMESPACES, *UNSUPPORTED)),
        _cluster_binding(cluster, subject),
        _cluster_role(students, NAMESPACED_KINDS),
        *(
            _role_binding("RoleBinding", {"name": students, "namespace": name}, students, subject)
            for name in names
        ),
    ]


def build_service_account(namespace: str) -> list[Json]:
    """The account that the dashboard runs as, with its namespace."""
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}},
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": ACCOUNT_NAME, "namespace": namespace},
        },
    ]


def account_subject(namespace: str) -> Json:
    return {"kind": "ServiceAccount", "name": ACCOUNT_NAME, "namespace": namespace}


def user_subject(name: str) -> Json:
    return {"apiGroup": RBAC_GROUP, "kind": "User", "name": name}


def _cluster_role(name: str, kinds: Iterable[ObjectKind]) -> Json:
    return {
        "apiVersion": f"{RBAC_GROUP}/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name},
        "rules": build_rules(kinds),
    }


def _cluster_binding(name: str, subject: Json) -> Json:
    return _role_binding("ClusterRoleBinding", {"name": name}, name, subject)


def _role_binding(kind: str, metadata: Json, role: str, subject: Json) -> Json:
    return {
        "apiVersion": f"{RBAC_GROUP}/v1",
        "kind": kind,
        "metadata": metadata,
        "roleRef": {"apiGroup": RBAC_GROUP, "kind": "ClusterRole", "name": role},
        "subjects": [subject],
    }
