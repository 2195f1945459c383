"""What people have to learn: requirements and their versions, obligations, periods, and what moves or ends them.

A requirement is asked of a person by sources (an audience, somebody who assigned it). All sources of one requirement
and person make one obligation; it is in force on a day when a source is. A period is one taking of the requirement: the
first, then one for each renewal. How an obligation stands on a day is `rules.status`, a pure function of the days kept
here; nothing that a day decides is stored, and no day is overwritten that an earlier report was made of.

May know: audiences, credentials, organisations, learning and below. Must not know: submissions, answers.
"""
