"""News of what was recorded, from whoever recorded it to every open page. Alone talks to Redis.

A Redis stream carries it, so that a page that was away for a moment can be told what it missed.
Nothing is lost with it: pages read the database, and ask by themselves where no news comes.
"""

from dashboard.live.hub import (
    HubUnavailableError,
    NewsHub,
    OpenPage,
    TooManyPagesError,
    current_hub,
)
from dashboard.live.news import NamespaceNews
from dashboard.live.publishing import publish_news

__all__ = [
    "HubUnavailableError",
    "NamespaceNews",
    "NewsHub",
    "OpenPage",
    "TooManyPagesError",
    "current_hub",
    "publish_news",
]
