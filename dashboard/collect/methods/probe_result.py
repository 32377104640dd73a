"""What one answer says of one flow, whatever the method."""

from dataclasses import dataclass
from datetime import datetime

from dashboard.models import Observation, ObservationKey, ObservedOutcome, ProbeSign

REACHED, BLOCKED, UNKNOWN = ObservedOutcome


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """A reason holds no number that varies between probes and no text of a student's server.

    Equal results make one interval.
    """

    outcome: ObservedOutcome
    sign: ProbeSign
    reason: str

    def to_observation(
        self, key: ObservationKey, at: datetime, latency_ms: int | None = None
    ) -> Observation:
        """The interval of this one result, not saved."""
        return Observation(
            **key._asdict(),
            outcome=self.outcome,
            sign=self.sign,
            reason=self.reason[:300],
            latency_ms=latency_ms,
            first_seen=at,
            last_seen=at,
        )
