"""Pages that say what went wrong."""

import pytest
from django.test import Client

from tests import make


@pytest.mark.django_db
def test_a_fault_of_the_dashboard_is_not_blamed_on_the_reader(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("dashboard.web.runs.views.list_choices", fail)
    client.force_login(make.instructor())
    client.raise_request_exception = False
    answer = client.get("/runs/")
    assert answer.status_code == 500
    assert "a fault of the dashboard, not of your policies" in answer.content.decode()
    assert "planted" not in answer.content.decode()
