"""Why a namespace is not as a lab wants it, and what to change."""

from collections.abc import Sequence
from dataclasses import replace

from netpol.assess import Assessment, assess_namespace
from netpol.diagnose.causes import causes, of_flow
from netpol.diagnose.model import MISSING, Cause, Code, Diagnosis, FlowDiagnosis
from netpol.lab import Lab
from netpol.model import Cluster
from netpol.parse import Json, parse_valid_policies
from netpol.repair import repair

__all__ = ["MISSING", "Cause", "Code", "Diagnosis", "FlowDiagnosis", "diagnose"]


def diagnose(lab: Lab, cluster: Cluster, namespace: str, manifests: Sequence[Json]) -> Diagnosis:
    """Every flow of the lab with the causes that keep it from being as wanted.

    `manifests` and `cluster` as in `netpol.repair.repair`. What an API server would refuse counts
    for nothing here; findings tell of it. Never raises.
    """
    assessment = _assessed(lab, cluster, namespace, manifests)
    mended = repair(lab, cluster, namespace, manifests)
    found = causes(lab, namespace, assessment, mended)
    return Diagnosis(
        tuple(
            FlowDiagnosis(
                lab.find_flow(flow.flow), flow.predicted, tuple(of_flow(flow.flow, found))
            )
            for flow in assessment.flows
        ),
        found,
        mended,
    )


def _assessed(lab: Lab, cluster: Cluster, namespace: str, manifests: Sequence[Json]) -> Assessment:
    known = parse_valid_policies(manifests, namespace=namespace)
    here = tuple(policy for policy, _ in known if policy.namespace == namespace)
    others = {name: each for name, each in cluster.policies.items() if name != namespace}
    return assess_namespace(lab, replace(cluster, policies={**others, namespace: here}), namespace)
