"""What the server says about itself, for clients that ask first."""

from demo.apiserver.metadata import Object
from demo.apiserver.resources import RESOURCES, ResourceKind

VERSION: Object = {"major": "1", "minor": "35", "gitVersion": "v1.35.0-simulated"}


def list_versions() -> Object:
    return {"kind": "APIVersions", "versions": ["v1"]}


def list_groups() -> Object:
    groups = []
    for resource in RESOURCES:
        if resource.group:
            version = {"groupVersion": resource.api_version, "version": resource.version}
            group = {"name": resource.group, "versions": [version], "preferredVersion": version}
            groups.append(group)
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def list_resources(group: str, version: str) -> Object | None:
    """The kinds of one group and version, `None` where there are none."""
    kinds = [each for each in RESOURCES if (each.group, each.version) == (group, version)]
    if not kinds:
        return None
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": kinds[0].api_version,
        "resources": [_describe_resource(each) for each in kinds],
    }


def _describe_resource(resource: ResourceKind) -> Object:
    return {
        "name": resource.plural,
        "singularName": resource.kind.lower(),
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "shortNames": [resource.short],
        "verbs": ["get", "list", "watch"],
    }
