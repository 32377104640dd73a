"""The product with a class that is simulated: no cluster, no students, no public names.

`python -m demo` starts it. The cluster is an HTTP server that speaks enough of the Kubernetes API
for ordinary clients, the students' URLs are another, and both answer by what 28 scripted
students have applied at that moment. Everything between them is the product as it is.
"""
