"""Students at work, as a pure function of time: what holds at a moment can be asked of any moment.

Nothing here reads a clock or remembers a question, so that two servers and the making of past
hours agree without talking to each other.
"""
