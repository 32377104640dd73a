"""What every object says about itself."""

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

Object = dict[str, Any]


def build_metadata(
    name: str, namespace: str, created: datetime, changed: datetime, **more: object
) -> Object:
    scope = {"namespace": namespace} if namespace else {}
    return {
        "name": name,
        **scope,
        "uid": str(uuid5(NAMESPACE_URL, f"{namespace}/{name}/{created:%FT%T}")),
        "resourceVersion": str(resource_version(changed)),
        "creationTimestamp": f"{created:%FT%TZ}",
        **more,
    }


def resource_version(moment: datetime) -> int:
    """Milliseconds, so that a version names the moment at which the server can answer it again."""
    return int(moment.timestamp() * 1000)


def sort_key(item: Object) -> tuple[str, str]:
    """The namespace and name, by which lists are ordered."""
    return item["metadata"].get("namespace", ""), item["metadata"]["name"]
