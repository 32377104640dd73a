"""Says what changed, once it can be read. Costs a poll a log line where Redis is away."""

import logging
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from dashboard.live.news import FIELD, STREAM, NamespaceNews, encode_news

log = logging.getLogger(__name__)

KEPT = 1_000
"""Entries, about: some minutes of a busy class. Who was away for longer looks at everything."""
RECENT = timedelta(minutes=10)
PATIENCE = 0.5
"""Seconds for Redis to answer; then it is left alone for as long again."""

_away_until = 0.0


def publish_news(at: datetime, changes: Iterable[NamespaceNews]) -> None:
    """Tell open pages what was seen at that moment, as soon as the transaction is committed.

    What was recorded of times long past is no news.
    """
    new = list(changes)
    if new and timezone.now() - at < RECENT:
        transaction.on_commit(partial(_send_news, new))


def _send_news(changes: list[NamespaceNews]) -> None:
    global _away_until  # noqa: PLW0603  # one Redis, one process
    if monotonic() < _away_until:
        return
    try:
        with closing(_connect_redis()) as redis:
            redis.xadd(STREAM, {FIELD: encode_news(changes)}, maxlen=KEPT, approximate=True)
    except (RedisError, OSError) as error:
        _away_until = monotonic() + PATIENCE
        log.warning("Open pages are not told of what is new, they have to ask: %s", error)


def _connect_redis() -> Redis:
    return Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=PATIENCE,
        socket_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )
