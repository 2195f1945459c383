"""Where people work: units in a tree, positions, jobs from a day until a day, leave; how that comes in (files, SCIM).

May know: accounts and below. Must not know: courses, what anybody has to learn, what anybody has learnt.
"""
