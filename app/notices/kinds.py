"""What kinds of notices there are: what a reader may choose about each, and which of them wait for working hours.

A kind nobody may switch off belongs to the account's safety, to the duties of one's post, or is a decision about the
reader. What answers something the reader has just done, or cannot wait, is mailed at any hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _


class Group(StrEnum):
    ACCOUNT = "account"
    DUTY = "duty"
    DECISION = "decision"
    STAFF = "staff"
    TRAINING = "training"
    TEAM = "team"
    RESULT = "result"
    CERTIFICATE = "certificate"
    COURSE = "course"
    COHORT = "cohort"


COMPULSORY = (Group.ACCOUNT, Group.DUTY, Group.DECISION, Group.STAFF, Group.TRAINING)
CHOICES = tuple(group for group in Group if group not in COMPULSORY)
WORDS = {
    Group.ACCOUNT: _("Safety of your account: sign-in, password, address"),
    Group.DUTY: _("Training that is assigned to you: what, by when, when it is late or expires"),
    Group.DECISION: _("Decisions about you: more time, earlier learning, exemptions"),
    Group.STAFF: _("What only you can put right as staff"),
    Group.TRAINING: _("Your seats in training in person: taken, moved, cancelled, tomorrow"),
    Group.TEAM: _("The training of your people, if you lead any: a summary a day, courses that have changed"),
    Group.RESULT: _("Results that changed or took a while"),
    Group.CERTIFICATE: _("A certificate is ready"),
    Group.COURSE: _("A course you are taking has changed"),
    Group.COHORT: _("Your groups: announcements, being put into one"),
}


@dataclass(frozen=True, kw_only=True)
class Kind:
    group: Group
    waits: bool = False  # for working hours


KINDS = {
    "already_known": Kind(group=Group.ACCOUNT),
    "change_email": Kind(group=Group.ACCOUNT),
    "confirm_email": Kind(group=Group.ACCOUNT),
    "email_changed": Kind(group=Group.ACCOUNT),
    "invitation": Kind(group=Group.ACCOUNT),
    "password_changed": Kind(group=Group.ACCOUNT),
    "reset_password": Kind(group=Group.ACCOUNT),
    "safety": Kind(group=Group.ACCOUNT),
    "asked": Kind(group=Group.DUTY, waits=True),
    "assigned": Kind(group=Group.DUTY, waits=True),
    "due": Kind(group=Group.DUTY, waits=True),
    "reminded": Kind(group=Group.DUTY, waits=True),
    "evidence_answered": Kind(group=Group.DECISION, waits=True),
    "exempted": Kind(group=Group.DECISION, waits=True),
    "extension_answered": Kind(group=Group.DECISION, waits=True),
    "audit_head": Kind(group=Group.STAFF),  # at once: until it has left the house it can be changed
    "checks_broke": Kind(group=Group.STAFF),
    "list_waits": Kind(group=Group.STAFF, waits=True),
    "training": Kind(group=Group.TRAINING),
    "training_reminder": Kind(group=Group.TRAINING, waits=True),
    "asked_course_changed": Kind(group=Group.TEAM, waits=True),
    "team_digest": Kind(group=Group.TEAM, waits=True),
    "graded": Kind(group=Group.RESULT),
    "rejudged": Kind(group=Group.RESULT, waits=True),
    "reviewed": Kind(group=Group.RESULT, waits=True),
    "course_changed": Kind(group=Group.COURSE, waits=True),
    "dates_changed": Kind(group=Group.COURSE, waits=True),
    "certificate": Kind(group=Group.CERTIFICATE),
    "announcement": Kind(group=Group.COHORT),
    "enlisted": Kind(group=Group.COHORT, waits=True),
}
UNKNOWN = Kind(group=Group.ACCOUNT)  # sent, and at once: better than not


def waiting() -> list[str]:
    """The kinds that are mailed in working hours."""
    return [name for name, kind in KINDS.items() if kind.waits]


def kind_of(name: str) -> Kind:
    return KINDS.get(name, UNKNOWN)
