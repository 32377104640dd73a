"""A lab: what an exercise expects of a namespace, as its instructor writes it in a file."""

from netpol.lab.conditions import (
    RUBRIC_POINTS,
    ChecklistItem,
    CheckSource,
    Criterion,
    CriterionMeasure,
    Detector,
    EveryPodIsolated,
    FlowsAsExpected,
    NoPolicySelects,
    NotChecked,
    RubricArea,
)
from netpol.lab.file import LABS, load_default_lab, load_lab
from netpol.lab.file_node import LabError
from netpol.lab.model import Entity, Flow, Lab, Probe, ProbeReading, ProbeRole, Step
from netpol.lab.namespace_pattern import NamespaceOwner, NamespacePattern

__all__ = [
    "LABS",
    "RUBRIC_POINTS",
    "CheckSource",
    "ChecklistItem",
    "Criterion",
    "CriterionMeasure",
    "Detector",
    "Entity",
    "EveryPodIsolated",
    "Flow",
    "FlowsAsExpected",
    "Lab",
    "LabError",
    "NamespaceOwner",
    "NamespacePattern",
    "NoPolicySelects",
    "NotChecked",
    "Probe",
    "ProbeReading",
    "ProbeRole",
    "RubricArea",
    "Step",
    "load_default_lab",
    "load_lab",
]
