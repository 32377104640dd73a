"""Columns that hold their JSON compressed."""

from typing import Any

import pytest
from django.core import serializers

from dashboard.models import PolicySet
from dashboard.models.fields import CompressedJSON

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("value", [[], {}, None, [{"a": "ü\x00😀", "b": [1.5, True, None]}], "[1]"])
def test_what_is_kept_comes_back_and_so_it_does_from_a_fixture(value: Any) -> None:
    field = CompressedJSON(null=True)
    assert field.from_db_value(field.get_prep_value(value)) == value
    row = PolicySet(digest="a", manifests=[value])
    row.save()
    assert PolicySet.objects.get().manifests == [value]
    (read,) = serializers.deserialize("json", serializers.serialize("json", [row]))
    assert read.object == row
    read.save()
    assert PolicySet.objects.get().manifests == [value]


def test_what_repeats_takes_little_room() -> None:
    kept = CompressedJSON().get_prep_value([{"kind": "NetworkPolicy"}] * 1000)
    assert kept is not None
    assert len(kept) < 500
