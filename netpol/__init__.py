"""What Kubernetes NetworkPolicies mean: pure, without Django, network or clock.

JSON and YAML enter at `netpol.load` and `netpol.parse`; everything behind them is frozen values.
"""
