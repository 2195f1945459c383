"""Obligations speak up by themselves: asked, due soon, overdue, to be renewed, expired. Told once, to whom it concerns.

May know: curricula, organisations' teams, notices. The worker's clock calls `rounding`, pages call `settings`, `feeds`.
"""
