"""The key that signs sessions, where the environment gives none."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.secret import load_or_create_key


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret-key"
    with ThreadPoolExecutor(8) as processes:
        keys = set(processes.map(load_or_create_key, [path] * 32))
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert path.stat().st_mode & 0o777 == 0o600
    assert [path] == list(path.parent.iterdir())


def test_where_it_cannot_be_kept_the_message_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY to a long random text"):
        load_or_create_key(tmp_path / "file" / "secret-key")
