"""Why a namespace is not as a lab wants it, and what to change."""

from collections.abc import Sequence
from dataclasses import replace

from netpol.assess import assess_namespace
from netpol.diagnose.causes import find_root_causes
from netpol.diagnose.model import (
    MISSING_CODES,
    CauseCode,
    DiagnosedFlow,
    NamespaceDiagnosis,
    RootCause,
)
from netpol.lab import Lab
from netpol.model import Cluster
from netpol.parse import Json, parse_valid_policies
from netpol.repair import find_repair

__all__ = [
    "MISSING_CODES",
    "CauseCode",
    "DiagnosedFlow",
    "NamespaceDiagnosis",
    "RootCause",
    "diagnose_namespace",
]


def diagnose_namespace(
    lab: Lab, cluster: Cluster, namespace: str, manifests: Sequence[Json]
) -> NamespaceDiagnosis:
    """Every flow of the lab, with the causes that keep it from being as expected.

    `manifests` and `cluster` are as in `netpol.repair.find_repair`. A policy that an API server
    would refuse counts for nothing here; `netpol.lint` names it. Never raises.
    """
    valid = parse_valid_policies(manifests, namespace=namespace)
    policies = tuple(policy for policy, _ in valid if policy.namespace == namespace)
    after = replace(cluster, policies={**cluster.policies, namespace: policies})
    assessment = assess_namespace(lab, after, namespace)
    repair = find_repair(lab, cluster, namespace, manifests)
    causes = find_root_causes(lab, namespace, assessment, repair)
    return NamespaceDiagnosis(
        tuple(
            DiagnosedFlow(
                lab.find_flow(flow.flow),
                flow.predicted,
                tuple(cause for cause in causes if flow.flow in cause.flows),
            )
            for flow in assessment.flows
        ),
        causes,
        repair,
    )
