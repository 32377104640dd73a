"""The kinds of objects that a poll lists besides those of `netpol.kinds`."""

from netpol.kinds import ObjectKind

SERVICES = ObjectKind("", "v1", "services", "Service")
SLICES = ObjectKind("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice")
ROUTES = ObjectKind("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute")
LEADING_TO_PODS = (SERVICES, SLICES, ROUTES)
"""A poll reads them where it may, to explain blocked flows."""
