"""Who people are: users, organisations, memberships, grants of roles, sign-in.

May know: notices, audit, the database. Must not know: courses, submissions.
"""
