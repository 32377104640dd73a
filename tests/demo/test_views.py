"""The one click."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from demo.views import sign_in


@pytest.mark.parametrize("address", ["203.0.113.9", "192.168.1.4", "2001:db8::1"])
def test_who_does_not_sit_at_the_machine_is_not_let_in(address: str) -> None:
    request = RequestFactory().post("/demo/sign-in/", {"user": "instructor"}, REMOTE_ADDR=address)
    with pytest.raises(PermissionDenied):
        sign_in(request)
