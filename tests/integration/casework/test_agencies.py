"""Operation × role × agency on real rows, generated from the routes: what is not yours is not there."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from services.casework.handoff.handoffs.domain import HandoffState
from tests.support.casework.desk import Desk
from tests.support.casework.findings import a_finding_of, operation
from tests.support.casework.reports import report_verified
from tests.support.casework.tasks import open_task
from tests.support.identity import Issuer
from tests.support.row_routes import ALL_STAFF_ROLES, dead_letter_row, knock, let_in, office_elsewhere, row_routes_of
from tests.support.services import Bench

OFFICE, SENDER, STRANGER = "dinsos-lamongan", "satpolpp-lamongan", "puskesmas-paciran"
SENDERS_MOVES = (
    "/closure", "/cancellation", "/dispatch", "/hold", "/resumption", "/cancellation-request", "/error", "/reply",
    "/resending", "/redirection", "/withdrawal",
)  # fmt: skip
SENDERS_READS = ("/readers",)
BY_PEOPLE = ("/claim", "/release", "/spoken-answer", "/letters", "/links")
"""What a machine account may never do, whoever it is."""
BY_BOTH = ("/documents",)
"""What sender and receiver may write alike."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rows(casework: Bench, issuer: Issuer) -> dict[str, UUID | int | str]:
    """One row for every kind of route: a case in custody transfer, a puskesmas' task, a message set aside."""
    report_id = await report_verified(casework)
    handoff_id = await Desk(casework, issuer, OFFICE, "caseworker").open_handoff(report_id, "CUSTODY_TRANSFER")
    case_id = await casework.value("SELECT id FROM cases WHERE source_report_id = $1", report_id)
    task_id = await open_task(casework, timedelta(days=1))
    condition_id, shift_id = uuid4(), uuid4()
    await casework.units.pool.execute(
        "INSERT INTO conditions (id, district, correlation_id, version, handoff_id, matter_id, number, code, "
        "about, owner,"
        " asked_by, due_at, state) VALUES ($1, '35.24', $2, 1, $3, $4, 1, 'X', 'CASE', $5, $5, now(), 'open')",
        condition_id, report_id, UUID(handoff_id), case_id, OFFICE,
    )  # fmt: skip
    await casework.units.pool.execute(
        "INSERT INTO shifts (id, district, correlation_id, version, agency, desk, officer, starts_at, ends_at,"
        " is_withdrawn) VALUES ($1, '35.24', $1, 1, $2, 'rehsos', 'staff:x', now(), now() + interval '1 hour', false)",
        shift_id, OFFICE,
    )  # fmt: skip
    closure_id = uuid4()
    await casework.units.pool.execute(
        "INSERT INTO closures (id, district, correlation_id, version, agency, disposition, reason_code, "
        "state, handoffs,"
        " waiting) VALUES ($1, '35.24', $1, 1, $2, 'REDIRECT', 'AGENCY_CLOSED', 'open', 1, 1)", closure_id, OFFICE,
    )  # fmt: skip
    forced_closing_id = uuid4()
    await casework.units.pool.execute(
        "INSERT INTO forced_closings (id, district, correlation_id, version, case_id, state, reason_code, dispositions,"
        " proposed_by, proposed_at) VALUES ($1, '35.24', $2, 1, $3, 'proposed', 'X', '{}', 'staff:x', now())",
        forced_closing_id, report_id, case_id,
    )  # fmt: skip
    occurrence_id, revocation_id = uuid4(), uuid4()
    await casework.units.pool.execute(
        "INSERT INTO occurrences (id, district, case_id, kind, told_by, happened_at, recorded_at, recorded_by,"
        " consequences) VALUES ($1, '35.24', $2, 'DIED', $3, now(), now(), 'staff:x', '[]')",
        occurrence_id, case_id, OFFICE,
    )  # fmt: skip
    await casework.units.pool.execute(
        "INSERT INTO revocations (id, district, correlation_id, version, case_id, occurrence_id, state, reason_code,"
        " proposed_by, proposed_at) VALUES ($1, '35.24', $2, 1, $3, $4, 'proposed', 'X', 'staff:x', now())",
        revocation_id, report_id, case_id, occurrence_id,
    )  # fmt: skip
    age_decision_id = uuid4()
    await casework.units.pool.execute(
        "INSERT INTO age_decisions (id, district, correlation_id, version, case_id, person_id, state, evidence,"
        " proposed_by, proposed_at) VALUES ($1, '35.24', $2, 1, $3, $1, 'proposed', 'X', 'staff:x', now())",
        age_decision_id, report_id, case_id,
    )  # fmt: skip
    document_id = uuid4()
    await casework.units.pool.execute(
        "INSERT INTO documents (id, district, correlation_id, version, matter_id, handoff_id, kind, media_type,"
        " size_bytes, digest, uploaded_by, state)"
        " VALUES ($1, '35.24', $2, 1, $3, $4, 'OTHER', 'image/png', 1, '', $5, 'kept')",
        document_id, report_id, case_id, UUID(handoff_id), OFFICE,
    )  # fmt: skip
    await casework.units.pool.execute("INSERT INTO document_keys VALUES ($1, '35.24', '')", document_id)
    letter_id = uuid4()
    await casework.units.pool.execute(
        "INSERT INTO letters (id, district, correlation_id, version, about_kind, about_id, handoff_id, kind, number,"
        " serial, year, office, signer, to_agency, issued_on, issued_by, state, token_digest, document_id, digest)"
        " VALUES ($1, '35.24', $2, 1, 'case', $3, $4, 'COVER_LETTER', $6, 1, 1999, $5, 'x', $5, '1999-01-01', 'x',"
        " 'issued', $6, $7, '')",
        letter_id, report_id, case_id, UUID(handoff_id), OFFICE, str(letter_id), document_id,
    )  # fmt: skip
    link_id = uuid4()
    await casework.units.pool.execute(
        "INSERT INTO links (id, district, correlation_id, version, about_kind, about_id, handoff_id, agency, desk,"
        " token_digest, pin_number, attempts, attempts_allowed, expires_at, state)"
        " VALUES ($1, '35.24', $2, 1, 'case', $3, $4, $5, 'x', $6, 0, 0, 5, now() + interval '1 day', 'open')",
        link_id, report_id, case_id, UUID(handoff_id), OFFICE, str(link_id),
    )  # fmt: skip
    operation_id, _ = await operation(casework, 1)
    person_id = await casework.value("SELECT person_id FROM cases WHERE id = $1", case_id)
    custody_id = await casework.value("SELECT id FROM custodies WHERE about_id = $1", case_id)
    claim_id = uuid4()
    await casework.units.pool.execute(
        "INSERT INTO custody_claims (id, district, correlation_id, version, person_id, about_kind, about_id, agency,"
        " since, place_code, observed_state, custodian_kind, proof, belongings, told_by, against, state)"
        " VALUES ($1, '35.24', $2, 1, $3, 'case', $4, $5, now(), '35.24', 'STABLE', 'AGENCY', 'NONE', '[]', $5, $6,"
        " 'claimed')",
        claim_id, report_id, person_id, case_id, SENDER, OFFICE,
    )  # fmt: skip
    note_id = uuid4()
    await casework.units.pool.execute(
        "INSERT INTO notes (id, district, correlation_id, version, case_id, person_id, kind, happened_at, author,"
        " sealed) VALUES ($1, '35.24', $2, 1, $3, $4, 'REMARK', now(), 'staff:x', '')",
        note_id, report_id, case_id, person_id,
    )  # fmt: skip
    assessment_id, plan_id, line_id = uuid4(), uuid4(), uuid4()
    await casework.units.pool.execute(
        "INSERT INTO assessments (id, district, correlation_id, version, case_id, person_id, number, assessed_at,"
        " author, sealed) VALUES ($1, '35.24', $2, 1, $3, $4, 1, now(), 'staff:x', '')",
        assessment_id, report_id, case_id, person_id,
    )  # fmt: skip
    await casework.units.pool.execute(
        "INSERT INTO plans (id, district, correlation_id, version, case_id, person_id, number, assessment_id, state,"
        " author) VALUES ($1, '35.24', $2, 1, $3, $4, 1, $5, 'draft', 'staff:x')",
        plan_id, report_id, case_id, person_id, assessment_id,
    )  # fmt: skip
    await casework.units.pool.execute(
        "INSERT INTO plan_lines (id, district, plan_id, service, agency, until, sealed)"
        " VALUES ($1, '35.24', $2, 'FOOD', $3, '2099-01-01', '')",
        line_id, plan_id, OFFICE,
    )  # fmt: skip
    return {
        "plan_id": plan_id, "line_id": line_id, "note_id": note_id,
        "handoff_id": handoff_id, "case_id": case_id, "task_id": task_id,
        "dead_letter_id": await dead_letter_row(casework),
        "person_id": person_id, "custody_id": custody_id, "operation_id": operation_id,
        "finding_id": await a_finding_of(casework, issuer, OFFICE),
        "condition_id": condition_id, "shift_id": shift_id, "closure_id": closure_id,
        "forced_closing_id": forced_closing_id, "document_id": document_id, "letter_id": letter_id,
        "link_id": link_id, "claim_id": claim_id, "occurrence_id": occurrence_id, "revocation_id": revocation_id,
        "age_decision_id": age_decision_id,
    }  # fmt: skip


async def untouched(bench: Bench, rows: dict[str, UUID | int | str]) -> bool:
    """Whether no row has moved."""
    found = await bench.rows(
        "SELECT version FROM handoffs WHERE id = $1 AND state = $2 UNION ALL SELECT version FROM tasks WHERE id = $3"
        " UNION ALL SELECT version FROM dead_letters WHERE id = $4 UNION ALL SELECT version FROM custodies "
        "WHERE id = $5"
        " UNION ALL SELECT version FROM case_findings WHERE id = $6",
        rows["handoff_id"], HandoffState.REQUESTED.value, rows["task_id"], rows["dead_letter_id"], rows["custody_id"],
        UUID(str(rows["finding_id"])),
    )  # fmt: skip
    papers = await bench.value("SELECT count(*) FROM operation_counts WHERE operation_id = $1", rows["operation_id"])
    return [row["version"] for row in found] == [1] * 5 and papers == 0


async def test_to_an_office_elsewhere_nothing_of_this_district_exists(
    casework: Bench, issuer: Issuer, rows: dict[str, UUID | int | str]
) -> None:
    assert await let_in(casework, rows, office_elsewhere(issuer)) == []
    assert await untouched(casework, rows)


@pytest.mark.parametrize("role", ["agency", "desk-officer"])
async def test_another_agency_finds_nothing_that_is_not_its_own(
    casework: Bench, issuer: Issuer, rows: dict[str, UUID | int | str], role: str
) -> None:
    token = issuer.token(f"{role}-{STRANGER}", agency=STRANGER, roles=(role,))
    assert await let_in(casework, rows, token, 404, 403) == []
    for route in row_routes_of(casework.app):
        if route.parameters == ("handoff_id",) and not route.path.endswith(BY_PEOPLE):
            assert await knock(casework, route, rows, token) == 404, route
    assert await untouched(casework, rows)


async def test_an_offices_role_in_another_agencys_token_opens_nothing(
    casework: Bench, issuer: Issuer, rows: dict[str, UUID | int | str]
) -> None:
    token = issuer.token("all-roles", agency=STRANGER, roles=ALL_STAFF_ROLES)
    assert await let_in(casework, rows, token, 404, 403) == []
    for path in ("/cases", "/audit", "/oversight/deadlines-without-timer", "/dead-letters"):
        answer = await casework.client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 403, path
    for path in ("/handoffs", "/findings", "/tasks", "/custodies/tonight"):
        answer = await casework.client.get(f"{path}?limit=200", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, path
        assert not {str(row) for row in rows.values()} & _ids(answer.json()), path
        for item in answer.json()["items"]:
            assert STRANGER in item.values(), (path, item)
    assert await untouched(casework, rows)


async def test_a_party_makes_only_the_moves_of_its_own_side(
    casework: Bench, issuer: Issuer, rows: dict[str, UUID | int | str]
) -> None:
    sender = issuer.machine(SENDER)
    receiver = issuer.token("receiver", agency=OFFICE, roles=("agency",))
    for route in row_routes_of(casework.app):
        if route.parameters != ("handoff_id",) or route.path.endswith(BY_PEOPLE):
            continue
        if route.method == "GET":
            assert await knock(casework, route, rows, sender) == 200
            is_senders = route.path.endswith(SENDERS_READS)
            assert await knock(casework, route, rows, receiver) == (403 if is_senders else 200), route
        elif not route.path.endswith(BY_BOTH):
            other = receiver if route.path.endswith(SENDERS_MOVES) else sender
            assert await knock(casework, route, rows, other) == 403, route
    assert await untouched(casework, rows)


async def test_lists_hold_only_what_is_ones_own(
    casework: Bench, issuer: Issuer, rows: dict[str, UUID | int | str]
) -> None:
    stranger = issuer.token("desk", agency=STRANGER, roles=("agency",))
    elsewhere = office_elsewhere(issuer)
    for path in (
        "/handoffs?limit=200",
        "/tasks?limit=200",
        "/cases?limit=200",
        "/dead-letters?limit=200",
        "/findings?limit=200",
        "/custodies/tonight?limit=200",
    ):
        for token in (stranger, elsewhere):
            answer = await casework.client.get(path, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code in (200, 403), path
            assert not {str(row) for row in rows.values()} & _ids(answer.json()), path


def _ids(page: dict[str, object]) -> set[str]:
    items = page.get("items", [])
    assert isinstance(items, list)
    return {str(value) for item in items for name, value in item.items() if name == "id" or name.endswith("_id")}
