"""Outages as pages tell them: what is of one, and how long it stays on the board."""

import pytest

from dashboard.history.incidents.recent_outages import FlowOutage, select_recent
from tests import make

MINUTE = 60


def outage(flow: str, began: float, ended: float | None, still: int = 0) -> FlowOutage:
    """In minutes after noon; of twelve who lost it."""
    back = None if ended is None else make.after(MINUTE * ended)
    return FlowOutage(
        flow, make.after(MINUTE * began), 12, 28, 12 if ended is None else still, back
    )


@pytest.mark.parametrize(
    ("outages", "minute", "flows"),
    [
        ([("dns", 0, 2)], 17, "dns"),
        ([("dns", 0, 2)], 17.1, ""),
        ([("dns", 0, None)], 999, "dns"),
        ([("dns", 0, 2), ("app", 1, 4), ("kuma", 3, 6)], 17.5, "kuma app dns"),
        ([("dns", 0, 2), ("app", 1, 4), ("kuma", 3, 6)], 21, "kuma app dns"),
        ([("dns", 0, 2), ("app", 1, 4), ("kuma", 3, 6)], 21.1, ""),
        ([("dns", 0, 2), ("app", 12, 20)], 35, "app dns"),
        ([("dns", 0, 2), ("app", 12.1, 20)], 35, "app"),
        ([("dns", 0, 30), ("app", 1, 2), ("kuma", 38, None)], 99, "kuma app dns"),
        ([("dns", 0, 2), ("app", 5, None), ("kuma", 90, 91)], 107, "kuma app dns"),
    ],
)
def test_an_outage_is_told_whole_until_the_last_of_it_has_been_back_for_a_while(
    outages: list[tuple[str, float, float | None]], minute: float, flows: str
) -> None:
    found = select_recent([outage(*each) for each in outages], make.after(MINUTE * minute))
    assert " ".join(each.flow for each in found.flows) == flows


def test_for_a_few_who_have_it_not_back_it_does_not_last() -> None:
    assert not select_recent([outage("dns", 0, 2, still=5)], make.after(MINUTE * 18)).flows
    assert select_recent([outage("dns", 0, 2, still=6)], make.after(MINUTE * 18)).flows
