"""What people are told of a decision about them: more time, earlier learning, an exemption. In its transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.clock import in_baku
from app.curricula.models import DueExtension, Evidence, Exemption, Obligation
from app.curricula.requirements import version_on
from app.notices.telling import tell


def extension_answered(extension: DueExtension, *, now: datetime) -> None:
    """Granted or refused, or given unasked."""
    params = {
        "decision": str(extension.decision),
        "until": extension.granted_on.isoformat() if extension.granted_on else None,
        "answer": extension.answer,
    }
    _tell(extension.period.obligation, "extension_answered", params, extension.id, now)


def evidence_answered(evidence: Evidence, *, now: datetime) -> None:
    params = {"decision": str(evidence.decision), "document": evidence.title, "answer": evidence.answer}
    _tell(evidence.period.obligation, "evidence_answered", params, evidence.id, now)


def exempted(exemption: Exemption, *, now: datetime) -> None:
    params = {
        "from_on": exemption.from_on.isoformat(),
        "until": exemption.until_on.isoformat() if exemption.until_on else None,
    }
    _tell(exemption.obligation, "exempted", params, exemption.id, now)


def _tell(obligation: Obligation, kind: str, params: dict[str, Any], row: int, now: datetime) -> None:
    version = version_on(obligation.requirement, in_baku(now).date())
    user = obligation.user
    tell(
        user.id,
        user.address,
        user.language,
        kind,
        {
            "titles": version.titles if version else {},
            "organisation": obligation.requirement.organisation.name,
            "obligation": obligation.id,
            **params,
        },
        key=f"{kind}:{row}",
        now=now,
    )
