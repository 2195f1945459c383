"""Who may open which page: one table for the whole site. A page missing here is open to nobody and fails the suite.

This is the coarse part: signed in or not, which kind of role. Whether the course, organisation or submission in the
address is theirs is asked by the view (`accounts.permissions`), which answers 404 to strangers.
"""

from __future__ import annotations

from enum import StrEnum

from flask import Flask, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.accounts.login import owes_second_factor
from app.accounts.models import Role
from app.accounts.permissions import roles
from app.error_pages import held, is_fragment, wants_json
from app.errors import Refused
from app.web import is_writing, log


class Audience(StrEnum):
    VISITOR = "visitor"  # anybody, signed in or not
    LEARNER = "learner"  # anybody who is signed in
    OWN = "own"  # signed in, and what the address names is theirs: the view answers 404 otherwise
    INSTRUCTOR = "instructor"  # of some course; the view asks of which
    MANAGER = "manager"  # of some organisation; the view asks of which
    OFFICER = "officer"  # training officer of some organisation; the view asks of which
    ADMINISTRATOR = "administrator"
    AGENCY = "agency"  # a machine: the view asks for its token and answers in its language; cookies count for nothing


A = Audience

TABLE: dict[str, Audience] = {
    # the site itself
    "static": A.VISITOR,
    "healthz": A.VISITOR,
    "readyz": A.VISITOR,
    # home
    "home.front": A.VISITOR,
    "home.help": A.VISITOR,
    "home.privacy": A.VISITOR,
    "home.dev_mail": A.VISITOR,  # not in production
    "home.take_again": A.LEARNER,
    "home.administration": A.ADMINISTRATOR,
    # accounts
    "accounts.choose_language": A.VISITOR,
    "accounts.sign_in": A.VISITOR,
    "accounts.sign_up": A.VISITOR,
    "accounts.mail_sent": A.VISITOR,
    "accounts.confirm": A.VISITOR,
    "accounts.forgotten": A.VISITOR,
    "accounts.reset": A.VISITOR,
    "accounts.sign_in_with_code": A.VISITOR,
    "accounts.confirm_change": A.VISITOR,
    "accounts.provider_begin": A.VISITOR,
    "accounts.provider_back": A.VISITOR,
    "accounts.connect": A.VISITOR,
    "accounts.ask_staff": A.VISITOR,
    "accounts.second_step": A.VISITOR,
    "accounts.signed_out": A.VISITOR,
    "accounts.disconnect": A.OWN,
    "accounts.second_factor_page": A.LEARNER,
    "accounts.prepare_second_factor": A.LEARNER,
    "accounts.confirm_second_factor": A.LEARNER,
    "accounts.renew_recovery_codes": A.LEARNER,
    "accounts.remove_second_factor": A.LEARNER,
    "accounts.consent": A.LEARNER,
    "accounts.sign_out": A.LEARNER,
    "accounts.account": A.LEARNER,
    "accounts.rename": A.LEARNER,
    "accounts.change_address": A.LEARNER,
    "accounts.change_password": A.LEARNER,
    "accounts.give_fin": A.LEARNER,
    "accounts.remove_fin": A.LEARNER,
    "accounts.sign_out_device": A.OWN,
    "accounts.sign_out_everywhere": A.LEARNER,
    # people
    "people.index": A.ADMINISTRATOR,
    "people.add": A.ADMINISTRATOR,
    "people.person": A.ADMINISTRATOR,
    "people.rename": A.ADMINISTRATOR,
    "people.grant": A.ADMINISTRATOR,
    "people.revoke": A.ADMINISTRATOR,
    "people.code": A.ADMINISTRATOR,
    "people.confirm_fin": A.ADMINISTRATOR,
    "people.sign_out": A.ADMINISTRATOR,
    "people.close": A.ADMINISTRATOR,
    "people.identities": A.ADMINISTRATOR,
    "people.identity": A.ADMINISTRATOR,
    "people.connect_identity": A.ADMINISTRATOR,
    "people.turn_down_identity": A.ADMINISTRATOR,
    "people.disconnect_identity": A.ADMINISTRATOR,
    "people.remove_second_factor": A.ADMINISTRATOR,
    # where people work: the view asks whether the organisation is theirs
    "structure.index": A.OFFICER,
    "structure.organisation": A.OFFICER,
    "structure.unit": A.OFFICER,
    "structure.open_unit": A.OFFICER,
    "structure.rename_unit": A.OFFICER,
    "structure.move_unit": A.OFFICER,
    "structure.close_unit": A.OFFICER,
    "structure.people": A.OFFICER,
    "structure.person": A.OFFICER,
    "structure.add_job": A.OFFICER,
    "structure.end_job": A.OFFICER,
    "structure.record_leave": A.OFFICER,
    "structure.end_leave": A.OFFICER,
    "structure.leave_document": A.OFFICER,
    "structure.template": A.OFFICER,
    "structure.lists": A.OFFICER,
    "structure.list_run": A.OFFICER,
    "structure.list_problems": A.OFFICER,
    "structure.apply_list": A.OFFICER,
    "structure.drop_list": A.OFFICER,
    "structure.sign_in_rules": A.ADMINISTRATOR,
    "structure.works": A.ADMINISTRATOR,
    "structure.give_role": A.ADMINISTRATOR,
    # requirements: the view asks whether the organisation is theirs
    "requirements.index": A.OFFICER,
    "requirements.listing": A.OFFICER,
    "requirements.new": A.OFFICER,
    "requirements.show": A.OFFICER,
    "requirements.edit": A.OFFICER,
    "requirements.archive": A.OFFICER,
    "requirements.propose_audience": A.OFFICER,
    "requirements.preview": A.OFFICER,
    "requirements.apply": A.OFFICER,
    "requirements.exceptions": A.OFFICER,
    "requirements.confirm_exceptions": A.OFFICER,
    "requirements.decide_exceptions": A.OFFICER,
    "requirements.requests": A.OFFICER,
    "requirements.reminders": A.OFFICER,
    # what is asked of one person: the person's own, or of a training officer who decides about it
    "obligations.show": A.OWN,
    "calendar.feed": A.VISITOR,  # the address is the secret
    "obligations.ask_for_time": A.OWN,
    "obligations.hand_in": A.OWN,
    "obligations.evidence_document": A.OWN,
    "obligations.exemption_document": A.OWN,
    "obligations.give_time": A.OFFICER,
    "obligations.answer_time": A.OFFICER,
    "obligations.answer_evidence": A.OFFICER,
    "obligations.exempt": A.OFFICER,
    "obligations.end_exemption": A.OFFICER,
    # audiences: the view asks whether the organisation is theirs
    "audiences.index": A.OFFICER,
    "audiences.listing": A.OFFICER,
    "audiences.show": A.OFFICER,
    "audiences.new": A.OFFICER,
    "audiences.edit": A.OFFICER,
    "audiences.archive": A.OFFICER,
    # catalogue
    "catalogue.courses": A.VISITOR,
    "catalogue.course": A.VISITOR,
    "catalogue.search": A.VISITOR,
    "catalogue.picture": A.VISITOR,
    # learning
    "learning.enrol": A.LEARNER,
    "learning.outline": A.OWN,
    "learning.lesson": A.OWN,
    "learning.finish_lesson": A.OWN,
    "learning.leave": A.OWN,
    "joining.by_code": A.LEARNER,
    "joining.cohort": A.LEARNER,
    # teaching: the view asks whether the course of the cohort is theirs
    "teaching.overview": A.INSTRUCTOR,
    "teaching.new": A.INSTRUCTOR,
    "teaching.learners": A.INSTRUCTOR,
    "teaching.learner": A.INSTRUCTOR,
    "teaching.take_out": A.INSTRUCTOR,
    "teaching.put_in": A.INSTRUCTOR,
    "teaching.grades": A.INSTRUCTOR,
    "teaching.grades_csv": A.INSTRUCTOR,
    "teaching.dates": A.INSTRUCTOR,
    "teaching.announcements": A.INSTRUCTOR,
    "teaching.change": A.INSTRUCTOR,
    "teaching.set_closed": A.INSTRUCTOR,
    # training in person: the view asks whether they teach the course or give the training
    "trainings.overview": A.INSTRUCTOR,
    "trainings.new": A.INSTRUCTOR,
    "trainings.show": A.INSTRUCTOR,
    "trainings.change": A.INSTRUCTOR,
    "trainings.cancel": A.INSTRUCTOR,
    "trainings.put_in": A.INSTRUCTOR,
    "trainings.take_out": A.INSTRUCTOR,
    "training.of_course": A.LEARNER,
    "training.mine": A.LEARNER,
    "training.show": A.LEARNER,
    "training.book": A.LEARNER,
    "training.leave": A.OWN,
    "training.here": A.LEARNER,  # the view asks for a code that is a minute old at most, and for a seat
    "trainings.timetable": A.INSTRUCTOR,  # one’s own; the view asks administrators only for another’s
    "trainings.room": A.INSTRUCTOR,  # whoever teaches plans by it
    "trainings.attendance": A.INSTRUCTOR,
    "trainings.marks": A.INSTRUCTOR,
    "trainings.code": A.INSTRUCTOR,
    "trainings.offline": A.VISITOR,  # code of ours, the same for all
    "rooms.index": A.ADMINISTRATOR,
    "rooms.room": A.ADMINISTRATOR,
    "rooms.archive": A.ADMINISTRATOR,
    # grading: the view asks whose the enrolment, the version walked through or the submission is
    "grading.item": A.OWN,
    "grading.hand_in": A.OWN,
    "grading.answer": A.OWN,
    "grading.hint": A.OWN,
    "grading.draft": A.OWN,
    "grading.upload": A.OWN,
    "grading.begin_again": A.OWN,
    "grading.restore": A.OWN,
    "grading.restore_copy": A.OWN,
    "grading.result": A.OWN,
    "grading.submission": A.OWN,
    "grading.history": A.OWN,
    "grading.submitted_file": A.OWN,
    "grading.data_file": A.OWN,
    "grading.notebook_file": A.OWN,
    "grading.plot": A.OWN,
    "grading.output": A.OWN,
    "grading.staff_submission": A.INSTRUCTOR,
    "grading.staff_file": A.INSTRUCTOR,
    "grading.staff_plot": A.INSTRUCTOR,
    "grading.staff_output": A.INSTRUCTOR,
    "grading.reset_attempts": A.INSTRUCTOR,
    "grading.excuse": A.INSTRUCTOR,
    "grading.set_points": A.INSTRUCTOR,
    "grading.grade_again": A.INSTRUCTOR,
    # grading again: the view asks whether they teach the course
    "rejudging.index": A.INSTRUCTOR,
    "rejudging.show": A.INSTRUCTOR,
    "rejudging.compare": A.INSTRUCTOR,
    "rejudging.apply": A.INSTRUCTOR,
    "rejudging.drop": A.INSTRUCTOR,
    "rejudging.again": A.INSTRUCTOR,
    # authoring
    "authoring.overview": A.INSTRUCTOR,
    "authoring.upload": A.INSTRUCTOR,
    "authoring.course": A.INSTRUCTOR,
    "authoring.set_offered": A.INSTRUCTOR,
    "authoring.version": A.INSTRUCTOR,
    "authoring.check": A.INSTRUCTOR,
    "authoring.publish": A.INSTRUCTOR,
    "authoring.walk": A.INSTRUCTOR,
    "authoring.walk_lesson": A.INSTRUCTOR,
    # certificates
    "credentials.mine": A.LEARNER,
    "credentials.confirm_name": A.LEARNER,
    "credentials.certificate": A.OWN,
    "credentials.download": A.OWN,
    "credentials.check": A.VISITOR,
    "credentials.verify": A.VISITOR,
    "credentials.revoke": A.ADMINISTRATOR,
    # teams: whoever leads somebody, by a grant or by a job that names them; the view asks whom, and 404s otherwise
    "team.overview": A.LEARNER,
    "team.people": A.OWN,
    "team.units": A.OWN,
    "team.person": A.OWN,
    "team.obligation": A.OWN,
    "team.requests": A.OWN,
    "team.answer": A.OWN,
    "team.remind": A.OWN,
    "team.assign": A.OWN,
    "team.withdraw": A.OWN,
    "team.report": A.OWN,
    "team.export": A.OWN,
    # training officers: the view asks of which organisation
    "oversight.overview": A.OFFICER,
    "oversight.outlook": A.OFFICER,
    # administrators
    "system.health": A.ADMINISTRATOR,
    "system.log": A.ADMINISTRATOR,
    "system.export_log": A.ADMINISTRATOR,
    # systems of agencies
    "scim.serve": A.AGENCY,
    "connections.index": A.ADMINISTRATOR,
    "connections.revoke": A.ADMINISTRATOR,
    # notices
    "notices.inbox": A.LEARNER,
    "notices.mark_read": A.LEARNER,
    "notices.preferences": A.LEARNER,
    "notices.make_calendar": A.LEARNER,
    "notices.revoke_calendar": A.LEARNER,
    "notices.days_off": A.ADMINISTRATOR,
    "notices.take_out_day": A.ADMINISTRATOR,
}

NEEDED: dict[Audience, Role] = {
    A.INSTRUCTOR: Role.INSTRUCTOR,
    A.MANAGER: Role.MANAGER,
    A.OFFICER: Role.OFFICER,
    A.ADMINISTRATOR: Role.ADMINISTRATOR,
}


# What somebody may do whose account was made by staff, before agreeing that it is kept
BEFORE_CONSENT = {
    *("healthz", "readyz", "home.help", "home.privacy", "accounts.choose_language"),
    *("accounts.consent", "accounts.sign_out"),
}

# What somebody may do whose organisation demands a second factor, before it is set up
BEFORE_SECOND_FACTOR = BEFORE_CONSENT | {
    *("static", "accounts.second_factor_page", "accounts.prepare_second_factor", "accounts.confirm_second_factor"),
    *("accounts.sign_out_everywhere", "accounts.signed_out"),
}


def init_app(app: Flask) -> None:
    app.before_request(check)


def check() -> ResponseReturnValue | None:
    """Turn away who may not open the page of this request. Administrators may open every page."""
    if request.endpoint is None:
        return None  # no such page: 404
    audience = TABLE.get(request.endpoint)
    if audience is None:
        log.error("a page is missing from the access table", endpoint=request.endpoint)
        abort(404)
    if request.endpoint == "static" or audience is A.AGENCY:
        return None
    return _turn_away(audience)


def _turn_away(audience: Audience) -> ResponseReturnValue | None:
    if current_user.is_authenticated:
        g.user_id = current_user.id
        if current_user.consented_at is None and request.endpoint not in BEFORE_CONSENT:
            if is_writing() or is_fragment() or wants_json():
                raise Refused(gettext("Without your consent we may not keep an account for you."), status=403)
            return redirect(url_for("accounts.consent", next=request.full_path.rstrip("?")))
        if request.endpoint not in BEFORE_SECOND_FACTOR and owes_second_factor(current_user):
            if is_writing() or is_fragment() or wants_json():
                raise Refused(gettext("Your organisation asks for a second factor. Set it up first."), status=403)
            return redirect(url_for("accounts.second_factor_page"))
        needed = NEEDED.get(audience)
        if needed and not {needed, Role.ADMINISTRATOR} & roles(current_user):
            abort(403)
        return None
    if audience is A.VISITOR:
        return None
    if is_writing() or is_fragment() or wants_json():
        return held(gettext("You are no longer signed in."))
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
