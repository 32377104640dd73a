"""Polls: what the cluster says of a class, assessed and recorded."""

from dashboard.polling.rediagnosing import rediagnose
from dashboard.polling.round import WORK, Poll, keep, poll

__all__ = ["WORK", "Poll", "keep", "poll", "rediagnose"]
