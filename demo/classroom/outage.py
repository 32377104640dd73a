"""What befell the whole class before the demo began: nobody answered look-ups of names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.classroom.app_health import HealthSpell
from demo.classroom.open_flows import OpenFlows

BEGAN = timedelta(minutes=14)
"""How long before the start."""
LASTED = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class DnsOutage:
    """CoreDNS was down; policies had nothing to do with it."""

    began: datetime
    ended: datetime

    def restrict_flows(self, through: OpenFlows, moment: datetime) -> OpenFlows:
        """What still got through at a moment."""
        if not self.began <= moment < self.ended:
            return through
        return OpenFlows(frozenset(flow for flow in through.names if " to DNS" not in flow))

    def interrupt_spells(self, spells: Iterable[HealthSpell]) -> Iterator[HealthSpell]:
        """No app was well meanwhile."""
        for spell in spells:
            begin, end = max(spell.begin, self.began), min(spell.end, self.ended)
            if not spell.well or begin >= end:
                yield spell
                continue
            if spell.begin < begin:
                yield HealthSpell(well=True, begin=spell.begin, end=begin)
            yield HealthSpell(well=False, begin=begin, end=end)
            if end < spell.end:
                yield HealthSpell(well=True, begin=end, end=spell.end)


def usual_outage(start: datetime) -> DnsOutage:
    return DnsOutage(start - BEGAN, start - BEGAN + LASTED)
