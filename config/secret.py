"""The key that signs sessions and links, where nobody gave one."""

import os
import secrets
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.exceptions import ImproperlyConfigured


def kept(path: Path) -> str:
    """The key of this machine: made once, whoever comes first, and readable by its owner only.

    Raises `ImproperlyConfigured` where it cannot be kept, as in a container.
    """
    try:
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            _make(path)
        return path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(
            f"SECRET_KEY is not set, and a key cannot be kept in {path} ({error.strerror}). "
            "Set SECRET_KEY to a long random text, the same for every process: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        ) from error


def _make(path: Path) -> None:
    # Whole before it has its name, for another process may look at the same moment.
    with NamedTemporaryFile("w", dir=path.parent) as new:
        new.write(secrets.token_urlsafe(50))
        new.flush()
        try:
            os.link(new.name, path)
        except FileExistsError:
            return
