"""Every API route that names a row, read off a service's routes, for tests to knock at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from fastapi.routing import APIRoute

from tests.support.identity import Issuer
from tests.support.services import Bench

ALL_STAFF_ROLES = (
    "caseworker", "duty-officer", "section-head", "desk-officer", "operator", "auditor", "aid-proposer",
    "aid-verifier", "aid-approver", "treasurer",
)  # fmt: skip
ELSEWHERE = "35.15"

BODIES: Mapping[str, dict[str, Any]] = {
    "MoveIn": {},
    "ReasonedIn": {"reason_code": "FULL"},
    "ContestIn": {},
    "ArrivalIn": {"ba_number": "BA/1"},
    "CompletionIn": {"result_code": "IN_CARE"},
    "ConditionalIn": {"conditions": [{"code": "BED_AVAILABLE", "owner": "RECEIVER", "due_at": "2126-01-01T00:00:00Z"}]},
    "RedirectionIn": {"reason_code": "AGENCY_CLOSED"},
    "HoldIn": {"reason_code": "WAITING_FOR_DOCUMENT"},
    "SpokenIn": {
        "move": "accept", "happened_at": "2026-01-01T00:00:00Z", "spoke_with": "Petugas Uji", "role": "HEAD",
        "phone": "0322000000",
    },
    "QuestionIn": {"question_code": "FUNDING_UNCLEAR"},
    "ReplyIn": {"reply_code": "LETTER_SENT"},
    "StatusIn": {"status_code": "IMPROVING"},
    "ConditionDecisionIn": {},
    "TieIn": {"child_case_id": str(uuid4())},
    "UntieIn": {"other_case_id": str(uuid4())},
    "HandoffIn": {"purpose": "INPATIENT_BED"},
    "ForcedClosingIn": {"reason_code": "NO_ANSWER_FOR_LONG", "dispositions": {"aid:x": "PAY_ON"}},
    "ForcedClosingDecisionIn": {},
    "RevocationIn": {"reason_code": "WRONG_PERSON"},
    "RevocationDecisionIn": {},
    "AdulthoodIn": {"evidence": "MEDICAL_EXAMINATION"},
    "AdulthoodDecisionIn": {},
    "ChildAgainIn": {"reason_code": "EVIDENCE_IN_DOUBT"},
    "CaseDuplicateIn": {"parent_case_id": str(uuid4())},
    "UndoDuplicateIn": {},
    "TaskIn": {"kind": "CASE_CONFERENCE", "due_at": "2099-01-01T00:00:00Z"},
    "TaskCancellationIn": {"reason_code": "GIVEN_BY_MISTAKE"},
    "AssignmentIn": {"worker": "staff:uji"},
    "AssessmentIn": {"assessed_at": "2026-01-01T00:00:00Z", "circumstances": "Uji", "needs": "Uji"},
    "PlanLineIn": {"service": "FOOD", "goal": "Uji", "agency": "dinsos-lamongan", "until": "2099-01-01"},
    "PlanMoveIn": {},
    "PlanReturnIn": {"reason_code": "NEEDS_LEFT_OUT"},
    "PlanApprovalIn": {"digest": "0" * 64},
    "NoteIn": {"kind": "REMARK", "happened_at": "2026-01-01T00:00:00Z", "text": "Catatan uji"},
    "NoteCorrectionIn": {"text": "Catatan uji"},
    "OccurrenceIn": {"kind": "ABSCONDED", "happened_at": "2026-01-01T00:00:00Z"},
    "TaskCompletionIn": {"result_code": "STABLE"},
    "VerificationIn": {"expected_version": 1},
    "RejectionIn": {"expected_version": 1, "reason_code": "NOT_TRUE"},
    "DuplicateIn": {"expected_version": 1, "parent_report_id": str(uuid4())},
    "ApprovalIn": {"expected_version": 1, "digest": "0" * 64},
    "BatchRejectionIn": {"expected_version": 1, "reason_code": "AMOUNT_QUESTIONED"},
    "ResolutionIn": {"expected_version": 1, "reason_code": "CHECKED", "resolution": "NOTED"},
    "DecisionIn": {"expected_version": 1, "reason": "as it is"},
    "MendIn": {"expected_version": 1, "reason": "mended", "body": "{}"},
    "ClaimIn": {"expected_version": 1},
    "ClaimAnswerIn": {"answer": "confirm"},
    "ProofIn": {"proof": "SIGNED", "ba_number": "BA/1"},
    "ExplanationIn": {"explanation": "RECORDED_LATE", "reason": "kabar datang pagi"},
    "CountIn": {"said_by": "TAKER", "to_agency": "puskesmas-paciran", "ba_number": "BA/1", "paper_count": 1},
    "LetterIn": {},
    "LetterVoidIn": {"reason_code": "WRONG_CONTENT"},
    "LetterReissueIn": {"reason_code": "WRONG_CONTENT"},
    "SignedCopyIn": {"document_id": str(uuid4())},
}  # fmt: skip
"""A valid body of each kind; a new kind that is missing here fails the tests."""


QUERIES: Mapping[str, str] = {"/occurrences/preview": "?kind=DIED"}
"""What a path's end cannot be asked without."""


@dataclass(frozen=True, slots=True)
class RowRoute:
    """One operation on one row."""

    method: str
    path: str
    parameters: tuple[str, ...]
    body: dict[str, Any] | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes_of(app: Any) -> list[APIRoute]:
    """Every route, also those inside included routers."""
    found: list[APIRoute] = []
    waiting = list(app.routes)
    while waiting:
        route = waiting.pop()
        if isinstance(route, APIRoute):
            found.append(route)
        else:
            inner = getattr(route, "original_router", route)
            waiting += list(getattr(inner, "routes", None) or [])
    return found


def row_routes_of(app: Any) -> Iterator[RowRoute]:
    """The API's operations on rows."""
    for route in routes_of(app):
        if not route.include_in_schema or "{" not in route.path:
            continue
        parameters = tuple(part[1:-1] for part in route.path.split("/") if part.startswith("{"))
        kinds = [field.field_info.annotation for field in route.dependant.body_params]
        body = BODIES[getattr(kinds[0], "__name__", "")] if kinds else None
        for method in route.methods or ():
            yield RowRoute(method, route.path, parameters, body)


async def knock(bench: Bench, route: RowRoute, rows: Mapping[str, UUID | int | str], token: str) -> int:
    """Try an operation on its rows as somebody; the status of the answer.

    Raises ``KeyError`` for a route whose row no test has.
    """
    query = next((query for end, query in QUERIES.items() if route.path.endswith(end)), "")
    answer = await bench.client.request(
        route.method,
        route.path.format(**{name: rows[name] for name in route.parameters}) + query,
        json=route.body,
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())},
    )
    return answer.status_code


async def let_in(bench: Bench, rows: Mapping[str, UUID | int | str], token: str, *refusals: int) -> list[str]:
    """The operations that answered somebody who is a stranger to these rows with anything but a refusal.

    Raises ``KeyError`` for a route whose row no test has.
    """
    found = []
    for route in row_routes_of(bench.app):
        status = await knock(bench, route, rows, token)
        if status not in (refusals or (404,)):
            found.append(f"{route}: {status}")
    return found


def office_elsewhere(issuer: Issuer) -> str:
    """Somebody with every role of an office, in another district."""
    return issuer.token("staff-elsewhere", agency="dinsos-sidoarjo", roles=ALL_STAFF_ROLES, offices=(ELSEWHERE,))


async def dead_letter_row(bench: Bench) -> int:
    """A message of the district set aside, for the routes about those."""
    number: int = await bench.value(
        "INSERT INTO dead_letters (district, owner, key, topic, partition, record_offset, headers, state)"
        " VALUES ('35.24', 'test', $1, 'intake.reports', 0, $2, '[]', 'dead') RETURNING id",
        str(uuid4()),
        uuid4().int % 2**60,
    )
    return number
