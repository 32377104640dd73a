"""The API keys of students' Uptime Kumas, as far as an instructor was given them."""

from collections.abc import Mapping
from pathlib import Path

import yaml
from django.core.exceptions import ImproperlyConfigured


def keys(file: Path | None) -> Mapping[str, str]:
    """By login in lower case. Raises `ImproperlyConfigured`, which never holds a key."""
    if file is None:
        return {}
    try:
        read = yaml.safe_load(file.read_text("utf-8"))
    except OSError as error:
        raise ImproperlyConfigured(f"KUMA_KEYS={file}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError):
        # Where YAML fails it quotes the line, and that may be a key.
        raise ImproperlyConfigured(f"KUMA_KEYS={file}: is not YAML") from None
    match read:
        case None:
            return {}
        case dict() if all(isinstance(each, str) for pair in read.items() for each in pair):
            return {login.lower(): key for login, key in read.items()}
    raise ImproperlyConfigured(f"KUMA_KEYS={file}: must map each login to a key, both as text")
