"""What of the history may go, and letting it go. `docs/running.md` states the rule."""

from dashboard.history.retention.pruning import Removal, fold, midnight, prune

__all__ = ["Removal", "fold", "midnight", "prune"]
