"""Courses assigned to people by an organisation: what, by when, by whom.

May know: learning and below. Must not know: submissions, answers.
"""
