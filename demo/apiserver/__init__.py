"""A simulated Kubernetes API server: real HTTP, the class's simulated objects, read only.

It speaks what ordinary clients need to read a cluster: discovery, lists with paging, single
objects, label and field selectors, watches with bookmarks, and the errors that a real server
answers with. Nothing behind it runs; the objects are a function of the time.
"""
