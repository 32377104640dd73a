"""A namespace measured by a lab: the verdict of every flow, and the steps that hold."""

from netpol.assess.assessing import assess
from netpol.assess.bounds import TooMuch, refuse_too_much
from netpol.assess.model import (
    SCHEMA,
    Assessment,
    Deviation,
    FlowAssessment,
    StepAssessment,
)
from netpol.assess.steps import intended

__all__ = [
    "SCHEMA",
    "Assessment",
    "Deviation",
    "FlowAssessment",
    "StepAssessment",
    "TooMuch",
    "assess",
    "intended",
    "refuse_too_much",
]
