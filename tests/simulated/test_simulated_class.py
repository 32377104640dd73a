"""A class at work for an hour, and its history compared with the simulator's own log.

`python -m tests.simulated` does the same with 200 students for three hours.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.models import Namespace
from demo.programs import format_kubeconfig
from tests.dashboard.retold import retell
from tests.simulated.compare import differences
from tests.simulated.room import room
from tests.simulated.watching import polls, watch

SEED = 1
BEGIN = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_the_history_is_what_the_simulator_did(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(format_kubeconfig("http://127.0.0.1:1"))  # nobody is asked
    classroom = room(SEED, size=12, begin=BEGIN, minutes=60)
    moments = polls(SEED, BEGIN, classroom.start, timedelta(seconds=30))
    watch(classroom, moments, str(file), SEED)
    assert differences(classroom, moments) == []
    assert [each for each in Namespace.objects.all() if len(retell(each, BEGIN))] == []
