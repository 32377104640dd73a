"""Values as the database writes them, for reading thousands of rows.

Polls and probes see a whole class at the same times: many rows share few, and each is read once.
"""

from datetime import UTC, datetime
from functools import lru_cache

from django.db.models import F, TextField
from django.db.models.functions import Cast


def cast_to_text(column: str) -> Cast:
    return Cast(F(column), TextField())


@lru_cache(maxsize=50_000)
def parse_time(text: str) -> datetime:
    """SQLite writes UTC without saying so, PostgreSQL with the connection's zone, which is UTC."""
    read = datetime.fromisoformat(text)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
