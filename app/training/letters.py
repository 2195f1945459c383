"""What people are told of a training they wanted to come to, with its meetings for their calendars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from app.notices import invitations
from app.notices.telling import tell
from app.training.models import Booking, Meeting, State, Training

REQUEST, CANCEL = "REQUEST", "CANCEL"


def tell_booking(what: str, booking: Booking, *, now: datetime) -> None:
    """`what`: booked, waiting, promoted or left."""
    method = {"booked": REQUEST, "promoted": REQUEST, "left": CANCEL}.get(what)
    _tell(what, booking, booking.training.meetings, method, f"training:{what}:{booking.id}", now=now)


def tell_cancelled(training: Training, bookings: Iterable[Booking], *, now: datetime) -> None:
    for booking in bookings:
        method = CANCEL if booking.state == State.BOOKED else None
        _tell("cancelled", booking, training.meetings, method, f"training:cancelled:{booking.id}", now=now)


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


def _params(what: str, booking: Booking, meetings: Iterable[Meeting]) -> dict[str, Any]:
    return {
        "what": what,
        "name": booking.user.name,
        "titles": dict(booking.training.course.titles),
        "meetings": [said_of(one) for one in meetings],
        "reason": booking.training.cancelled_reason,
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
    now: datetime,
) -> None:
    params = _params(what, booking, meetings)
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
