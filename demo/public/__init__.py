"""The students' public names: their apps and status pages, behind a gateway like the course's.

All simulated: one HTTP server answers for every name by its Host header, as slowly and as wrongly
as the policies in force at that moment would make it.
"""
