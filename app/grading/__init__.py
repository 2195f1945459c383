"""Submissions, verdicts, drafts and the queue. The submission row is the truth; a message is only a wake-up.

May know: learning and below, graders. Must not know: certificates, authoring. The worker (app.worker) drives it.
"""
