"""How long history is kept: `docs/running.md` states the rules.

`evidence` says what must stay, `pruning` deletes what is old, `compaction` merges what flaps, and
`unused` finds stored contents that no snapshot refers to.
"""

from dashboard.history.retention.compaction import compact_flapping
from dashboard.history.retention.pruning import Removal, find_midnight, prune

__all__ = ["Removal", "compact_flapping", "find_midnight", "prune"]
