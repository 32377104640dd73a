"""A lab: what an exercise expects of a namespace, as an instructor wrote it down in a file."""

from netpol.lab.file import LABS, default, load
from netpol.lab.model import (
    Detector,
    Entity,
    EveryPodIsolated,
    Flow,
    FlowsAsExpected,
    Lab,
    NoPolicySelects,
    NotChecked,
    Probe,
    Reading,
    Role,
    Step,
)
from netpol.lab.node import LabError
from netpol.lab.ownership import NamespacePattern, Owner

__all__ = [
    "LABS",
    "Detector",
    "Entity",
    "EveryPodIsolated",
    "Flow",
    "FlowsAsExpected",
    "Lab",
    "LabError",
    "NamespacePattern",
    "NoPolicySelects",
    "NotChecked",
    "Owner",
    "Probe",
    "Reading",
    "Role",
    "Step",
    "default",
    "load",
]
