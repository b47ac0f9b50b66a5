"""Assessment and plan: versions, signed by another person who saw exactly them; what became of each line."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.support.casework.agencies import OFFICE, PUSKESMAS
from tests.support.casework.asking import later
from tests.support.casework.desk import Desk
from tests.support.casework.persons import know
from tests.support.casework.street import Street
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.visitor import Visitor

WORDS = {
    "circumstances": "Tidur di emperan pasar, kakinya bengkak.",
    "needs": "Makan teratur dan tempat berteduh.",
    "strengths": "Pandai menganyam.",
}
GOAL = "Makan tiga kali sehari sampai keluarganya ditemukan."
BY = "2099-12-31"


def line(**changes: Any) -> dict[str, Any]:
    return {"service": "FOOD", "goal": GOAL, "agency": OFFICE, "until": BY, **changes}


@pytest.fixture
async def street(casework: Bench, issuer: Issuer) -> Street:
    street = await Street(casework, issuer).found()
    await know(casework, await street.case_id())
    return street


@pytest.fixture
async def case_id(street: Street) -> UUID:
    return await street.case_id()


@pytest.fixture
def office(street: Street) -> Desk:
    return street.office


@pytest.fixture
def head(casework: Bench, issuer: Issuer) -> Desk:
    desk = Desk(casework, issuer, OFFICE, "section-head")
    desk._headers = {"Authorization": f"Bearer {issuer.token('kepala', agency=OFFICE, roles=['section-head'])}"}
    return desk


async def assess(office: Desk, case_id: UUID, **changes: Any) -> dict[str, Any]:
    body = {"assessed_at": later(), **WORDS, **changes}
    found: dict[str, Any] = await office.post(f"/cases/{case_id}/assessments", **body)
    return found


async def begun(office: Desk, case_id: UUID, *lines: dict[str, Any]) -> str:
    """A draft with lines."""
    plan_id = str((await office.post(f"/cases/{case_id}/plans"))["plan_id"])
    for one in lines:
        await office.post(f"/plans/{plan_id}/lines", **one)
    return plan_id


async def signed(office: Desk, head: Desk, plan_id: str) -> None:
    proposed = await office.post(f"/plans/{plan_id}/proposal")
    await head.post(f"/plans/{plan_id}/approval", digest=proposed["digest"])


async def shown(desk: Desk, case_id: UUID) -> dict[str, Any]:
    found: dict[str, Any] = await desk.get(f"/cases/{case_id}/plan")
    return found


async def refused(desk: Desk, path: str, **body: Any) -> tuple[int, str]:
    answer = await desk.send(path, **body)
    return answer.status_code, answer.json()["code"]


async def test_an_assessment_and_a_plan_are_read_as_written_and_leave_nowhere(
    casework: Bench, office: Desk, head: Desk, case_id: UUID
) -> None:
    assert (await shown(office, case_id))["legal_now"] == ["assess"]
    await assess(office, case_id)
    assert (await shown(office, case_id))["legal_now"] == ["assess", "begin"]
    await signed(office, head, await begun(office, case_id, line()))
    found = await shown(office, case_id)
    assert {name: found["assessments"][0][name] for name in WORDS} == WORDS
    (plan,) = found["plans"]
    assert (plan["number"], plan["state"], plan["lines"][0]["goal"]) == (1, "approved", GOAL)
    assert plan["decided_by"] == "staff:kepala"
    for table in ("assessments", "plans", "plan_lines", "actions", "outbox", "timeline_lines"):
        kept = "".join(row["line"] for row in await casework.rows(f"SELECT t::text AS line FROM {table} t"))
        assert "emperan" not in kept, table
        assert "tiga kali" not in kept, table
    reads = await casework.rows("SELECT DISTINCT fields FROM special_reads WHERE aggregate = 'assessments'")
    assert {row["fields"] for row in reads} == {"assessment,plan"}


async def test_the_timeline_tells_that_there_is_a_plan_and_not_what_it_says(
    office: Desk, head: Desk, street: Street, case_id: UUID
) -> None:
    await assess(office, case_id)
    plan_id = await begun(office, case_id, line())
    await office.post(f"/plans/{plan_id}/proposal")
    await head.post(f"/plans/{plan_id}/return", reason_code="NEEDS_LEFT_OUT")
    await signed(office, head, plan_id)
    told = [line["event_type"] for line in (await office.get(f"/cases/{case_id}/timeline"))["lines"]]
    assert [one for one in told if "plan" in one or "assess" in one] == [
        "casework.case.assessed.v1",
        "casework.case.plan_proposed.v1",
        "casework.case.plan_returned.v1",
        "casework.case.plan_proposed.v1",
        "casework.case.plan_approved.v1",
    ]


async def test_there_is_no_plan_before_an_assessment_and_none_without_lines(office: Desk, case_id: UUID) -> None:
    assert await refused(office, f"/cases/{case_id}/plans") == (409, "assessment_comes_first")
    await assess(office, case_id)
    plan_id = await begun(office, case_id)
    assert await refused(office, f"/plans/{plan_id}/proposal") == (409, "plan_has_no_lines")
    assert await refused(office, f"/cases/{case_id}/plans") == (409, "plan_is_being_written")


async def test_a_plan_is_signed_by_another_person_who_saw_exactly_it(
    casework: Bench, issuer: Issuer, office: Desk, head: Desk, case_id: UUID
) -> None:
    await assess(office, case_id)
    plan_id = await begun(head, case_id, line())
    proposed = await head.post(f"/plans/{plan_id}/proposal")
    assert await refused(head, f"/plans/{plan_id}/approval", digest=proposed["digest"]) == (
        403, "second_person_signs_the_plan"
    )  # fmt: skip
    assert await refused(head, f"/plans/{plan_id}/return", reason_code="NEEDS_LEFT_OUT") == (
        403, "second_person_signs_the_plan"
    )  # fmt: skip
    worker = Desk(casework, issuer, OFFICE, "caseworker")
    assert (await worker.send(f"/plans/{plan_id}/approval", digest=proposed["digest"])).status_code == 403
    assert await refused(office, f"/plans/{plan_id}/lines", **line()) == (409, "plan_cannot_move")
    await office.post(f"/plans/{plan_id}/withdrawal")
    await office.post(f"/plans/{plan_id}/lines", **line(service="CLOTHING"))
    await office.post(f"/plans/{plan_id}/proposal")
    assert await refused(head, f"/plans/{plan_id}/approval", digest=proposed["digest"]) == (409, "plan_has_changed")
    assert (await shown(office, case_id))["plans"][0]["state"] == "proposed"


async def test_what_is_changed_in_the_rows_after_it_was_proposed_is_not_signed(
    casework: Bench, office: Desk, head: Desk, case_id: UUID
) -> None:
    await assess(office, case_id)
    plan_id = await begun(office, case_id, line())
    proposed = await office.post(f"/plans/{plan_id}/proposal")
    await casework.units.pool.execute(
        "INSERT INTO plan_lines SELECT gen_random_uuid(), district, plan_id, 'AID', agency, until, sealed"
        " FROM plan_lines WHERE plan_id = $1",
        UUID(plan_id),
    )
    assert await refused(head, f"/plans/{plan_id}/approval", digest=proposed["digest"]) == (409, "plan_has_changed")


async def test_a_new_version_begins_with_what_is_in_force_and_supersedes_it_when_it_is_signed(
    office: Desk, head: Desk, case_id: UUID
) -> None:
    await assess(office, case_id)
    await signed(office, head, await begun(office, case_id, line(), line(service="CLOTHING", until="2099-01-01")))
    await assess(office, case_id, needs="Kini juga obat.")
    second = await begun(office, case_id, line(service="HEALTH_SUPPLIES"))
    now = await shown(office, case_id)
    assert [(plan["number"], plan["state"]) for plan in now["plans"]] == [(2, "draft"), (1, "approved")]
    assert [one["service"] for one in now["plans"][0]["lines"]] == ["CLOTHING", "FOOD", "HEALTH_SUPPLIES"]
    clothing = now["plans"][0]["lines"][0]
    await office.post(f"/plan-lines/{clothing['line_id']}/removal", expected_version=now["plans"][0]["version"])
    await signed(office, head, second)
    after = await shown(office, case_id)
    assert [(plan["number"], plan["state"]) for plan in after["plans"]] == [(2, "approved"), (1, "superseded")]
    assert [[one["service"] for one in plan["lines"]] for plan in after["plans"]] == [
        ["FOOD", "HEALTH_SUPPLIES"], ["CLOTHING", "FOOD"]
    ]  # fmt: skip
    assert [one["goal"] for one in after["plans"][1]["lines"]] == [GOAL, GOAL], "the old version stays readable"
    assert [one["number"] for one in after["assessments"]] == [2, 1]


async def test_of_two_who_begin_or_change_at_once_one_does(office: Desk, case_id: UUID) -> None:
    await assess(office, case_id)
    answers = await asyncio.gather(*(office.send(f"/cases/{case_id}/plans") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    plan = (await shown(office, case_id))["plans"][0]
    path = f"/plans/{plan['plan_id']}/lines"
    changes = await asyncio.gather(*(office.send(path, **line(expected_version=plan["version"])) for _ in range(3)))
    assert sorted(answer.status_code for answer in changes) == [201, 409, 409]


async def test_a_line_tells_what_became_of_it_by_what_other_agencies_said(
    office: Desk, head: Desk, street: Street, case_id: UUID
) -> None:
    await assess(office, case_id)
    await signed(
        office, head,
        await begun(office, case_id, line(service="HEALTH_AND_EDUCATION"), line(service="FAMILY_TRACING"), line()),
    )  # fmt: skip

    async def standings() -> dict[str, str]:
        plan = (await shown(office, case_id))["plans"][0]
        return {one["service"]: one["standing"] for one in plan["lines"]}

    begun_with = {"HEALTH_AND_EDUCATION": "NOT_BEGUN", "FAMILY_TRACING": "NOT_BEGUN", "FOOD": "NOT_BEGUN"}
    assert await standings() == begun_with
    asked = await office.post(f"/cases/{case_id}/handoffs", purpose="FAMILY_TRACING", candidates=[PUSKESMAS])
    assert await standings() == {**begun_with, "FAMILY_TRACING": "UNDER_WAY"}
    tracer = street.desk(PUSKESMAS)
    await tracer.move(asked["handoff_id"], "acceptance")
    await tracer.move(asked["handoff_id"], "start")
    await tracer.move(asked["handoff_id"], "completion", result_code="FAMILY_READY")
    assert await standings() == {**begun_with, "FAMILY_TRACING": "GIVEN"}
    (served,) = [
        one["served_by"] for one in (await shown(office, case_id))["plans"][0]["lines"] if one["standing"] == "GIVEN"
    ]
    assert [(work["kind"], work["about"], work["result"]) for work in served] == [
        ("handoff", "FAMILY_TRACING", "FAMILY_READY")
    ]


async def test_what_cannot_be_planned_is_refused_and_nothing_is_kept(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    early = await office.send(f"/cases/{case_id}/assessments", assessed_at=later(hours=1), **WORDS)
    assert (early.status_code, early.json()["code"]) == (422, "happens_later")
    await assess(office, case_id)
    plan_id = await begun(office, case_id)
    path = f"/plans/{plan_id}/lines"
    assert await refused(office, path, **line(until=str(date(2020, 1, 1)))) == (422, "line_has_passed")
    assert await refused(office, path, **line(agency="tidak-ada")) == (404, "agency_is_unknown")
    for wrong in ({"goal": " "}, {"service": "GOLD"}, {"until": "besok"}):
        assert (await office.send(path, **line(**wrong))).status_code == 422
    for unknown in (f"/plans/{uuid4()}/lines", f"/plan-lines/{uuid4()}/removal"):
        assert (await office.send(unknown, **(line() if "lines/" not in unknown else {}))).status_code == 404
    assert await casework.value("SELECT count(*) FROM plan_lines WHERE plan_id = $1", UUID(plan_id)) == 0


async def test_without_the_persons_key_nothing_is_written_and_what_was_is_unreadable(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    await assess(office, case_id)
    plan_id = await begun(office, case_id, line())
    await casework.units.pool.execute(
        "UPDATE person_keys SET wrapped_key = NULL WHERE person_id = (SELECT person_id FROM cases WHERE id = $1)",
        case_id,
    )
    found = await shown(office, case_id)
    assert (found["assessments"][0]["needs"], found["plans"][0]["lines"][0]["goal"]) == (None, None)
    assert await refused(office, f"/plans/{plan_id}/lines", **line()) == (409, "person_has_no_key")


async def test_a_plan_is_written_and_signed_on_the_cases_page(casework: Bench, street: Street, case_id: UUID) -> None:
    path, number = f"/perkara/{case_id}/rencana", (await street.case())["number"]
    sri = await Visitor(casework, "sri.peksos", ["caseworker"]).sit_down()
    kepala = await Visitor(casework, "kepala.rehsos", ["section-head"]).sit_down()
    assert path in str(await sri.see(f"/perkara/{case_id}"))
    assert "Rencana disusun setelah asesmen" in await sri.read(path)
    assert await sri.do(f"{path}/asesmen", **WORDS) == "assessed"
    assert "emperan pasar" in await sri.read(path)
    assert await sri.do(f"{path}/mulai") == "plan-begun"

    async def named(visitor: Visitor, action: str) -> dict[str, str]:
        form = next(one for one in (await visitor.see(path)).select("form") if str(one["action"]).endswith(action))
        found = {str(field["name"]): str(field.get("value", "")) for field in form.select("input[type=hidden]")}
        return {name: value for name, value in found.items() if name not in ("csrf", "kunci")}

    body = line()
    assert await sri.do(f"{path}/tambah", **{**body, **await named(sri, "tambah")}) == "plan-line-added"
    late = await sri.post(f"{path}/tambah", **{**body, **await named(sri, "tambah"), "until": "2020-01-01"})
    assert late.status_code == 422
    assert await sri.do(f"{path}/ajukan", **await named(sri, "ajukan")) == "plan-proposed"
    assert f"Rencana layanan {number}" not in await sri.read("/")
    assert f"Rencana layanan {number}" in await kepala.read("/")
    assert await kepala.do(f"{path}/kembalikan", reason_code="NEEDS_LEFT_OUT", **await named(kepala, "kembalikan")) == (
        "plan-returned"
    )
    assert "Dikembalikan: belum menjawab semua kebutuhan." in await sri.read(path)
    assert await sri.do(f"{path}/ajukan", **await named(sri, "ajukan")) == "plan-proposed"
    assert await kepala.do(f"{path}/setujui", **await named(kepala, "setujui")) == "plan-approved"
    text = await sri.read(path)
    assert "Rencana yang berlaku, versi 1" in text
    assert "Susun versi baru" in text
    assert "Rencana layanan versi 1 disetujui" in await sri.read(f"/perkara/{case_id}")


async def test_what_the_system_did_on_the_way_is_folded_and_traces_are_for_operators(
    casework: Bench, street: Street, case_id: UUID
) -> None:
    await casework.units.pool.execute(
        "INSERT INTO timeline_lines (fact_id, district, correlation_id, event_type, facts, actor, subject, sequence,"
        " trace_id) SELECT gen_random_uuid(), district, correlation_id, 'intake.closing.answered.v1',"
        " '{\"round\": 1}', 'system:intake', id, n, repeat('a', 32) FROM cases, generate_series(1, 3) n"
        " WHERE id = $1",
        case_id,
    )
    sri = await Visitor(casework, "sri.peksos", ["caseworker"]).sit_down()
    page = await sri.see(f"/perkara/{case_id}")
    (folded,) = page.select("ol.timeline details")
    assert folded.summary is not None
    assert folded.summary.text == "3 langkah sistem"
    assert "jejak" not in page.select("ol.timeline")[-1].text
    joko = await Visitor(casework, "joko.operator", ["operator"]).sit_down()
    seen = (await joko.see(f"/perkara/{case_id}")).select("ol.timeline")[-1].text
    assert "jejak" in seen
