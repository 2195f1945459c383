"""The words of the audit log: what was done, to what, and what is said beside it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

ACTS = {
    "account_closed": _("Account closed"),
    "announced": _("Announcement made"),
    "assignment_withdrawn": _("Assignment of a course withdrawn"),
    "attempts_reset": _("Attempts reset"),
    "certificate_issued": _("Certificate issued"),
    "certificate_name_confirmed": _("Name for certificates confirmed"),
    "certificate_revoked": _("Certificate revoked"),
    "code_issued": _("One-time code printed"),
    "cohort_changed": _("Cohort changed"),
    "cohort_closed": _("Cohort closed"),
    "cohort_due_set": _("Due dates set"),
    "cohort_moved": _("Moved to another cohort"),
    "cohort_opened": _("Cohort opened"),
    "cohort_reopened": _("Cohort opened again"),
    "cohort_taken_out": _("Taken out of a cohort"),
    "completed": _("Course completed"),
    "course_assigned": _("Course assigned"),
    "course_offered_again": _("Course offered again"),
    "course_published": _("Course published"),
    "course_uploaded": _("Course uploaded"),
    "course_withdrawn": _("Course withdrawn"),
    "email_changed": _("E-mail address changed"),
    "email_confirmed": _("E-mail address confirmed"),
    "enrolled": _("Enrolled in a course"),
    "evidence_granted": _("Proof of earlier learning accepted"),
    "evidence_handed_in": _("Proof of earlier learning handed in"),
    "evidence_refused": _("Proof of earlier learning refused"),
    "exception_decided": _("Exception decided"),
    "exempted": _("Exempted"),
    "exemption_ended": _("Exemption ended"),
    "extension_asked": _("More time asked for"),
    "extension_given": _("Extension given"),
    "extension_granted": _("More time granted"),
    "extension_refused": _("More time refused"),
    "fin_confirmed": _("FIN confirmed"),
    "fin_given": _("FIN given"),
    "invited": _("Invited"),
    "item_excused": _("Item excused"),
    "item_unexcused": _("Item counts again"),
    "job_begun": _("Job begun"),
    "job_ended": _("Job ended"),
    "left_course": _("Course left"),
    "membership_begun": _("Joined an organisation"),
    "membership_ended": _("Left an organisation"),
    "organisation_created": _("Organisation created"),
    "organisation_exported": _("List of an organisation exported"),
    "password_set": _("Password set"),
    "person_added": _("Person added"),
    "points_cleared": _("Points set by hand removed"),
    "points_set": _("Points set by hand"),
    "rejudge_applied": _("Grading again applied"),
    "rejudge_begun": _("Grading again begun"),
    "rejudge_dropped": _("Grading again dropped"),
    "renamed": _("Name changed"),
    "requirement_allocated": _("Requirement assigned to an audience"),
    "requirement_archived": _("Requirement ended"),
    "requirement_attached": _("Audience attached to a requirement"),
    "requirement_changed": _("Requirement changed"),
    "requirement_created": _("Requirement created"),
    "requirement_detached": _("Audience detached from a requirement"),
    "requirement_given": _("Requirement assigned by hand"),
    "requirement_taken_back": _("Requirement assigned by hand taken back"),
    "role_granted": _("Role given"),
    "role_revoked": _("Role taken back"),
    "sign_in_failed": _("Failed sign-in"),
    "signed_in": _("Signed in"),
    "signed_out_everywhere": _("Signed out everywhere"),
    "signed_up": _("Signed up"),
    "submission_put_back": _("Submission put back into the queue"),
}

SUBJECTS = {
    "assignment": _("assignment"),
    "certificate": _("certificate"),
    "cohort": _("cohort"),
    "course": _("course"),
    "enrolment": _("enrolment"),
    "obligation": _("obligation"),
    "organisation": _("organisation"),
    "rejudge": _("grading again"),
    "requirement": _("requirement"),
    "submission": _("submission"),
    "user": _("person"),
}

# What stands beside an act; a name that is not here is shown as it is.
DETAILS = {
    "action": _("decision"),
    "audience": _("audience"),
    "before": _("before"),
    "code": _("code"),
    "cohort_id": _("cohort"),
    "course": _("course"),
    "day": _("day"),
    "digest": _("digest"),
    "doubt": _("doubt"),
    "doubted": _("waiting for a decision"),
    "evidence": _("proof of earlier learning"),
    "from_on": _("from"),
    "how": _("how"),
    "item": _("item"),
    "kind": _("kind"),
    "opened": _("newly asked"),
    "organisation": _("organisation"),
    "points": _("points"),
    "reason": _("reason"),
    "requirement": _("requirement"),
    "role": _("role"),
    "unit": _("unit"),
    "until": _("until"),
    "user_id": _("person"),
    "version": _("version"),
}


def act_words(act: str) -> str:
    return str(ACTS.get(act, act))


def subject_words(subject: str) -> str:
    return str(SUBJECTS.get(subject, subject))


def detail_words(name: str) -> str:
    return str(DETAILS.get(name, name.replace("_", " ")))
