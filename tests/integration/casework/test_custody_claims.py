"""One side's word against the custodian: a claim, until the other side or the office confirms it."""

from typing import Any
from uuid import UUID, uuid4

from services.casework.handoff.disclosures.domain import MOVES_A_PERSON, Purpose
from services.casework.handoff.handoffs.commands import RequestHandoff, open_handoff
from services.casework.office.matters.domain import case
from services.casework.person.custody.tables import CustodyClaim
from services.chassis.principal import system_principal
from tests.support.casework.agencies import MENUR, OFFICE, POST, PUSKESMAS, SOEGIRI
from tests.support.casework.custody import caught, chain, person_of, record, told
from tests.support.casework.desk import Desk
from tests.support.casework.reports import BABAT
from tests.support.folding import unlike_their_actions
from tests.support.identity import Issuer
from tests.support.packs.in_force import quick_pack
from tests.support.services import Bench
from tests.support.visitor import Visitor


async def asked(
    bench: Bench,
    case_id: UUID,
    person_id: UUID,
    agency: str,
    purpose: Purpose = Purpose.INPATIENT_BED,
    *,
    is_draft: bool = False,
) -> str:
    """The office asks an agency about the person of a case; the id of the hand-off."""
    command = RequestHandoff(
        about=case(case_id), correlation_id=case_id, district="35.24", person_id=person_id, village_code=BABAT,
        step=f"by-hand:{uuid4()}", occurrence=1, purpose=purpose, from_agency=OFFICE, candidates=(agency,),
        reply_to="", reply_workflow="", is_draft=is_draft,
    )  # fmt: skip
    opened = await bench.units.perform(lambda uow: open_handoff(command, uow), principal=system_principal("casework"))
    return str(opened.id)


async def test_one_sides_word_against_the_custodian_stays_a_claim_until_the_other_side_confirms(
    casework: Bench, issuer: Issuer
) -> None:
    case_id = await caught(casework, 8)
    person_id = await person_of(casework, case_id)
    await asked(casework, case_id, person_id, SOEGIRI)
    alone = await record(casework, issuer, told(case_id, SOEGIRI, 2), SOEGIRI)
    assert (alone["custody_id"], alone["is_current"], alone["claim_state"]) == (None, False, "claimed")
    assert [(found["kind"], found["owner"]) for found in alone["opened_findings"]] == [("CUSTODY_CLAIMED", POST)]
    assert await chain(casework, case_id) == [(POST, True)]
    await Desk(casework, issuer, SOEGIRI).get(f"/persons/{person_id}/custody", expect=404)
    signed = told(case_id, SOEGIRI, 2, POST, proof="SIGNED", ba_number="BA/7")
    assert (await record(casework, issuer, signed, SOEGIRI))["custody_id"] is None
    where = await Desk(casework, issuer, POST).get(f"/persons/{person_id}/custody")
    assert (where["custodian"], len(where["open_claims"])) == (POST, 2)
    answered = f"/custodies/claims/{alone['claim_id']}/answer"
    own_word = await Desk(casework, issuer, SOEGIRI).send(answered, answer="confirm")
    assert own_word.status_code == 404
    early = await Desk(casework, issuer, POST).send(answered, answer="refuse")
    assert (early.status_code, early.json()["legal_now"]) == (409, ["confirm", "contest"])
    taken = await Desk(casework, issuer, POST).post(answered, answer="confirm", expected_version=1)
    assert (taken["is_current"], taken["custody_id"] is not None) == (True, True)
    assert await chain(casework, case_id) == [(POST, False), (SOEGIRI, True)]
    assert (await Desk(casework, issuer, SOEGIRI).get(f"/persons/{person_id}/custody"))["custodian"] == SOEGIRI
    spent = await Desk(casework, issuer, POST).send(answered, answer="contest")
    assert (spent.status_code, spent.json()["legal_now"]) == (409, [])
    own = await casework.rows("SELECT id FROM custody_claims WHERE about_id = $1", case_id)
    assert len(own) == 2
    assert {row["id"] for row in own}.isdisjoint(await unlike_their_actions(casework, CustodyClaim))


async def test_a_contested_claim_is_decided_by_the_office(casework: Bench, issuer: Issuer) -> None:
    case_id = await caught(casework, 8)
    await asked(casework, case_id, await person_of(casework, case_id), SOEGIRI)
    answers, head = [], Desk(casework, issuer, OFFICE, "section-head")
    for move in ("refuse", "confirm"):
        claim = await record(casework, issuer, told(case_id, SOEGIRI, 2), SOEGIRI)
        path = f"/custodies/claims/{claim['claim_id']}/answer"
        contested = await Desk(casework, issuer, POST).post(path, answer="contest", reason="orangnya masih di pos kami")
        assert [(f["kind"], f["owner"]) for f in contested["opened_findings"]] == [("CUSTODY_CLAIMED", OFFICE)]
        answers.append(await head.post(path, answer=move, reason=f"{move} menurut kamera"))
        shown = await Desk(casework, issuer, SOEGIRI).get(f"/custodies/claims/{claim['claim_id']}")
        kept = (shown["contested_because"], shown["decided_because"])
        assert kept == ("orangnya masih di pos kami", f"{move} menurut kamera"), "told to whoever said it, too"
        await Desk(casework, issuer, PUSKESMAS).get(f"/custodies/claims/{claim['claim_id']}", expect=404)
    refused = (await head.get(f"/persons/{await person_of(casework, case_id)}/custody"))["refused_claims"]
    assert [one["decided_because"] for one in refused] == ["refuse menurut kamera"]
    sri = await Visitor(casework, "sri.peksos", ["caseworker"]).sit_down()
    page = await sri.read(f"/orang/{await person_of(casework, case_id)}")
    assert "Ditolak: refuse menurut kamera" in page
    assert "Disangkal" in page
    fed = await casework.rows(
        "SELECT body->>'kind' AS kind FROM outbox WHERE transport = 'feed' AND target = $1 AND body->>'about_id' = $2"
        " AND body->>'kind' LIKE 'custody-claim.%' ORDER BY id",
        SOEGIRI,
        str(case_id),
    )
    assert [row["kind"] for row in fed] == [f"custody-claim.{state}" for state in
                                            ("contested", "refused", "contested", "confirmed")]  # fmt: skip
    assert [answer["claim_state"] for answer in answers] == ["refused", None]
    open_findings = "SELECT count(*) FROM case_findings WHERE about_id = $1 AND kind = $2 AND state = 'open'"
    assert await casework.value(open_findings, case_id, "CUSTODY_CLAIMED") == 0


async def test_a_firm_yes_lets_the_taker_record_and_a_draft_or_a_lost_request_is_no_part_in_the_case(
    casework: Bench, issuer: Issuer
) -> None:
    case_id = await caught(casework, 8)
    person_id = await person_of(casework, case_id)
    await asked(casework, case_id, person_id, SOEGIRI, is_draft=True)
    assert (await record(casework, issuer, told(case_id, SOEGIRI, 2), SOEGIRI, 404))["code"] == "not_found"
    for agency, answer in ((PUSKESMAS, "rejection"), (MENUR, "acceptance")):
        handoff_id = await asked(casework, case_id, person_id, agency)
        more: dict[str, Any] = {"reason_code": "FULL"} if answer == "rejection" else {}
        await Desk(casework, issuer, agency).move(handoff_id, answer, **more)
    assert (await record(casework, issuer, told(case_id, PUSKESMAS, 2), PUSKESMAS, 404))["code"] == "not_found"
    assert (await record(casework, issuer, told(case_id, MENUR, 2), MENUR))["is_current"]


async def test_who_is_to_take_a_person_is_known_by_the_purposes_that_move_one(casework: Bench, issuer: Issuer) -> None:
    case_id = await caught(casework, 8)
    person_id = await person_of(casework, case_id)
    asks = {rule.purpose for rule in quick_pack().sla_rules}
    for purpose in (purpose for purpose in Purpose if purpose in asks):
        handoff_id = await asked(casework, case_id, person_id, SOEGIRI, purpose=purpose)
        await Desk(casework, issuer, SOEGIRI).move(handoff_id, "acceptance")
        promised = "SELECT bool_or(is_promised) FROM parties WHERE matter_id = $1 AND agency = $2"
        assert await casework.value(promised, case_id, SOEGIRI) == (purpose in MOVES_A_PERSON), purpose
        await casework.rows(
            "UPDATE handoffs SET state = 'cancelled', promise_holder = from_agency WHERE id = $1::uuid", handoff_id
        )
