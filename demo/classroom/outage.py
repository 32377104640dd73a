"""What befell the whole class before the demo began: nobody answered look-ups of names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.classroom.pods import Spell
from demo.classroom.reach import Reach

BEGAN = timedelta(minutes=14)
"""How long before the start."""
LASTED = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Outage:
    """CoreDNS was down; policies had nothing to do with it."""

    began: datetime
    ended: datetime

    def leaves(self, through: Reach, moment: datetime) -> Reach:
        """What still got through at a moment."""
        if not self.began <= moment < self.ended:
            return through
        return Reach(frozenset(flow for flow in through.open if " to DNS" not in flow))

    def disturbed(self, spells: Iterable[Spell]) -> Iterator[Spell]:
        """No app was well meanwhile."""
        for spell in spells:
            begin, end = max(spell.begin, self.began), min(spell.end, self.ended)
            if not spell.well or begin >= end:
                yield spell
                continue
            if spell.begin < begin:
                yield Spell(well=True, begin=spell.begin, end=begin)
            yield Spell(well=False, begin=begin, end=end)
            if end < spell.end:
                yield Spell(well=True, begin=end, end=spell.end)


def outage(start: datetime) -> Outage:
    return Outage(start - BEGAN, start - BEGAN + LASTED)
