"""A class that works through the lab at random, and what a dashboard must have noticed of it.

What is expected comes from the simulator's own log of what was applied when, and from the naive
evaluator that knows nothing of `netpol`.
"""
