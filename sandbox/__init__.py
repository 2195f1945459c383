"""Runs untrusted code in Docker; the only package that speaks Docker.

Owns: images, hardening, the pool of warmed containers, frames over the attached streams, the host's facts about a
run, the preflight and the
reaper. Must not know: courses, points, people, Flask, the database. Callers see `Sandbox` and `Box` (`sandbox.model`)
and nothing of Docker.
"""
