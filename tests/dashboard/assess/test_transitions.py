"""Which way a flow turned."""

import pytest

from dashboard.assess.transitions import FlowTransition, classify_transition
from netpol.model import Outcome


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        ("deny", "allow", FlowTransition.OPENED),
        ("deny", "partial", FlowTransition.OPENED),
        ("partial", "allow", FlowTransition.OPENED),
        ("allow", "deny", FlowTransition.CLOSED),
        ("allow", "partial", FlowTransition.CLOSED),
        ("partial", "deny", FlowTransition.CLOSED),
        ("unknown", "allow", FlowTransition.UNCLEAR),
        ("deny", "unknown", FlowTransition.UNCLEAR),
        ("deny", "deny", FlowTransition.UNCHANGED),
        ("unknown", "unknown", FlowTransition.UNCHANGED),
    ],
)
def test_a_flow_turns_by_how_open_it_is(before: str, after: str, way: FlowTransition) -> None:
    assert classify_transition(Outcome(before), Outcome(after)) is way
