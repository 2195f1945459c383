"""What people are told of a training they wanted to come to, with its meetings for their calendars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from app.notices import invitations
from app.notices.telling import tell
from app.training.models import Booking, Meeting, State, Training

REQUEST, CANCEL = "REQUEST", "CANCEL"
METHODS = {
    "booked": REQUEST,
    "promoted": REQUEST,
    "put_in": REQUEST,
    "left": CANCEL,
    "left_course": CANCEL,
    "taken_out": CANCEL,
}


def tell_booking(what: str, booking: Booking, *, by: str = "", reason: str = "", now: datetime) -> None:
    """`what`: a key of METHODS, or without anything for calendars: waiting, put_on_list, or taken_off_list.

    `by`: the name of who did it, where that was not the learner; `reason`: why.
    """
    coming = [one for one in booking.training.meetings if one.ends_at > now]
    key = f"training:{what}:{booking.id}"
    _tell(what, booking, coming, METHODS.get(what), key, by=by, reason=reason, now=now)


def tell_cancelled(training: Training, bookings: Iterable[Booking], *, now: datetime) -> None:
    for booking in bookings:
        method = CANCEL if booking.state == State.BOOKED else None
        key, reason = f"training:cancelled:{booking.id}", training.cancelled_reason
        _tell("cancelled", booking, training.meetings, method, key, reason=reason, now=now)


def tell_moved(
    training: Training, bookings: Iterable[Booking], gone: Sequence[dict[str, Any]], *, now: datetime
) -> None:
    """`gone`: the meetings that are not held any more, as `said_of` says them."""
    for booking in bookings:
        booked = booking.state == State.BOOKED
        key = f"training:moved:{booking.id}:{training.sequence}"
        _tell("moved", booking, training.meetings, REQUEST if booked else None, key, gone=gone, now=now)


def remind(meeting: Meeting, booking: Booking, *, now: datetime) -> None:
    key = f"training_reminder:{meeting.id}:{booking.id}:{booking.training.sequence}"
    _send("training_reminder", booking, _params("", booking, [meeting]), key, now=now)


def said_of(meeting: Meeting) -> dict[str, Any]:
    return {
        "id": meeting.id,
        "starts": meeting.starts_at.isoformat(),
        "ends": meeting.ends_at.isoformat(),
        "place": f"{meeting.room.name}, {meeting.room.place}",
    }


def _params(what: str, booking: Booking, meetings: Iterable[Meeting], by: str = "", reason: str = "") -> dict[str, Any]:
    return {
        "what": what,
        "name": booking.user.name,
        "titles": dict(booking.training.course.titles),
        "meetings": [said_of(one) for one in meetings],
        "by": by,
        "reason": reason,
        "training": booking.training_id,
    }


def _tell(
    what: str,
    booking: Booking,
    meetings: Sequence[Meeting],
    method: str | None,
    key: str,
    *,
    gone: Sequence[dict[str, Any]] = (),
    by: str = "",
    reason: str = "",
    now: datetime,
) -> None:
    params = _params(what, booking, meetings, by, reason)
    if method is not None:
        sent = [(method, one) for one in params["meetings"]] + [(CANCEL, one) for one in gone]
        params["invitations"] = [_invitation(how, one, booking) for how, one in sent]
    _send("training", booking, params, key, now=now)


def _invitation(method: str, meeting: dict[str, Any], booking: Booking) -> dict[str, Any]:
    return invitations.said(
        method,
        f"meeting-{meeting['id']}-{booking.id}",
        sequence=booking.training.sequence + (booking.state == State.LEFT),
        titles=booking.training.course.titles,
        starts_at=datetime.fromisoformat(meeting["starts"]),
        ends_at=datetime.fromisoformat(meeting["ends"]),
        place=meeting["place"],
    )


def _send(kind: str, booking: Booking, params: dict[str, Any], key: str, *, now: datetime) -> None:
    user = booking.user
    tell(user.id, user.address, user.language, kind, params, key=key, now=now)
