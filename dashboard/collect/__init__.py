"""Everything that talks to the outside: the cluster, and students' URLs.

`poll` and `probe_round` are the two ways in; `cluster` reads the API server, `http` asks students'
hosts, `methods` judges what an answer proves of a lab's flows.
"""
