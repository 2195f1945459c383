"""Certificates: issue what is due, render, verify, revoke. Never deleted.

May know: curricula, grading, learning and below.
"""
