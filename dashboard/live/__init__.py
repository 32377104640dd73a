"""News of what was recorded, from whoever recorded it to every open page. Alone talks to Redis.

A Redis stream carries it, so that a page that was away for a moment can be told what it missed.
Nothing is lost with it: pages read the database, and ask by themselves where no news comes.
"""

from dashboard.live.changes import Change
from dashboard.live.hub import Hub, Page, TooManyError, UnavailableError, hub_here
from dashboard.live.publishing import publish

__all__ = ["Change", "Hub", "Page", "TooManyError", "UnavailableError", "hub_here", "publish"]
