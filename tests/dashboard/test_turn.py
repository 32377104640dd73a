"""Which way a flow turned."""

import pytest

from dashboard.assess.turn import Turn, turn
from netpol.model import Outcome


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        ("deny", "allow", Turn.OPENED),
        ("deny", "partial", Turn.OPENED),
        ("partial", "allow", Turn.OPENED),
        ("allow", "deny", Turn.CLOSED),
        ("allow", "partial", Turn.CLOSED),
        ("partial", "deny", Turn.CLOSED),
        ("unknown", "allow", Turn.UNCLEAR),
        ("deny", "unknown", Turn.UNCLEAR),
        ("deny", "deny", Turn.UNCHANGED),
        ("unknown", "unknown", Turn.UNCHANGED),
    ],
)
def test_a_flow_turns_by_how_open_it_is(before: str, after: str, way: Turn) -> None:
    assert turn(Outcome(before), Outcome(after)) is way
