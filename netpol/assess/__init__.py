"""A namespace measured by a lab: the verdict of every flow, and the steps that hold."""

from netpol.assess.assessment import TooLargeError, assess_namespace, refuse_too_large
from netpol.assess.model import SCHEMA, Assessment, Deviation, FlowAssessment, StepAssessment
from netpol.assess.steps import is_intended

__all__ = [
    "SCHEMA",
    "Assessment",
    "Deviation",
    "FlowAssessment",
    "StepAssessment",
    "TooLargeError",
    "assess_namespace",
    "is_intended",
    "refuse_too_large",
]
