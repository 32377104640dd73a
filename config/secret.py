"""The key that signs sessions and links, for when the environment gives none."""

import os
import secrets
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.exceptions import ImproperlyConfigured


def load_or_create_key(path: Path) -> str:
    """Return the key in this file. The first process to ask creates it, for its owner only.

    Raises `ImproperlyConfigured` where the file cannot be written, as in a container.
    """
    try:
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            _create_key(path)
        return path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(
            f"SECRET_KEY is not set, and the key file {path} cannot be used ({error.strerror}). "
            "Set SECRET_KEY to a long random text, the same for every process: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        ) from error


def _create_key(path: Path) -> None:
    # The file gets its name when it is complete: another process may read it at any moment.
    with NamedTemporaryFile("w", dir=path.parent) as draft:
        draft.write(secrets.token_urlsafe(50))
        draft.flush()
        try:
            os.link(draft.name, path)
        except FileExistsError:
            return
