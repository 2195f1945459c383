"""Enrolments, cohorts, progress, what is open and what is finished.

May know: catalogue, accounts, notices, audit. Must not know: submissions and verdicts (grading tells
`progress.record_item`), certificates.
"""
