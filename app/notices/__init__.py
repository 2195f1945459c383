"""What people are told: an outbox row written with the fact, delivered later by the worker.

Knows a recipient (id, address, language), not a user.
"""
