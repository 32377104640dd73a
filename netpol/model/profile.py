"""How network plugins (CNI) differ from what the API's text says."""

from enum import StrEnum


class Profile(StrEnum):
    """A cluster's network plugin, as far as it changes what policies do.

    `KUBERNETES` is the API's own text. `CILIUM` gives an ipBlock no power over pods and nodes, and
    traffic through a Gateway an identity of its own that no selector of pods matches. `UNENFORCED`
    ignores policies, as a cluster without a plugin that knows them does.
    """

    KUBERNETES = "kubernetes"
    CILIUM = "cilium"
    UNENFORCED = "unenforced"
