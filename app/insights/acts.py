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
    "extension_given": _("Extension given"),
    "fin_confirmed": _("FIN confirmed"),
    "fin_given": _("FIN given"),
    "invited": _("Invited"),
    "item_excused": _("Item excused"),
    "item_unexcused": _("Item counts again"),
    "left_course": _("Course left"),
    "job_begun": _("Job begun"),
    "job_ended": _("Job ended"),
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
    "organisation": _("organisation"),
    "rejudge": _("grading again"),
    "submission": _("submission"),
    "user": _("person"),
}

# What stands beside an act; a name that is not here is shown as it is.
DETAILS = {
    "before": _("before"),
    "cohort_id": _("cohort"),
    "course": _("course"),
    "day": _("day"),
    "digest": _("digest"),
    "how": _("how"),
    "item": _("item"),
    "organisation": _("organisation"),
    "points": _("points"),
    "reason": _("reason"),
    "role": _("role"),
    "unit": _("unit"),
    "user_id": _("person"),
}


def act_words(act: str) -> str:
    return str(ACTS.get(act, act))


def subject_words(subject: str) -> str:
    return str(SUBJECTS.get(subject, subject))


def detail_words(name: str) -> str:
    return str(DETAILS.get(name, name.replace("_", " ")))
