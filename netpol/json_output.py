"""Diagnoses and repairs as JSON: a contract that other programs go by."""

from typing import Any

from netpol.diagnose import NamespaceDiagnosis, RootCause
from netpol.lint import Finding
from netpol.repair import PolicyEdit, Repair


def dump_diagnosis(found: NamespaceDiagnosis, findings: tuple[Finding, ...]) -> dict[str, Any]:
    return {
        "flows": [
            {
                "name": each.flow.name,
                "expected": each.flow.expected.value,
                "predicted": each.predicted.value,
                "causes": [dump_cause(cause) for cause in each.causes],
            }
            for each in found.flows
        ],
        "causes": [dump_cause(cause) for cause in found.causes],
        "findings": [dump_finding(each) for each in findings],
    }


def dump_cause(cause: RootCause) -> dict[str, Any]:
    return {
        "code": cause.code.value,
        "side": cause.side.lower(),
        "namespace": cause.namespace,
        "policy": cause.policy,
        "path": cause.path,
        "flows": list(cause.flows),
        "message": cause.message,
    }


def dump_finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code.value,
        "level": finding.level.value,
        "policy": finding.policy,
        "path": finding.path,
        "message": finding.message,
        "hint": finding.hint,
    }


def dump_repair(found: Repair) -> dict[str, Any]:
    return {
        "edits": [dump_edit(each) for each in found.edits],
        "delete": list(found.delete),
        "policies": list(found.policies),
    } | ({"why_not": found.why_not} if found.why_not else {})


def dump_edit(edit: PolicyEdit) -> dict[str, Any]:
    return {
        "policy": edit.policy,
        "path": edit.path,
        "before": edit.before,
        "after": edit.after,
        "opens": list(edit.opens),
        "closes": list(edit.closes),
    }
