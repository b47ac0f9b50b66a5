"""What an agency without software says by phone, on real rows: written down for it, contested, confirmed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.casework.handoff.handoffs.commands import MoveHandoff, Spoken, move_handoff
from services.casework.handoff.handoffs.domain import Move, NotByPhone
from services.chassis import clock
from services.chassis.principal import Principal
from tests.support.casework.agencies import LAWANG, OFFICE, SOEGIRI, VILLAGE
from tests.support.casework.asking import ask, deadlines, later, seen
from tests.support.casework.desk import Desk
from tests.support.identity import Issuer
from tests.support.services import Bench


@pytest.fixture
def office(casework: Bench, issuer: Issuer) -> Desk:
    """The office's duty head."""
    return Desk(casework, issuer, OFFICE, "section-head")


@pytest.fixture
def hospital(casework: Bench, issuer: Issuer) -> Desk:
    return Desk(casework, issuer, SOEGIRI)


async def spoken(office: Desk, handoff: dict[str, Any], move: str, **more: Any) -> Any:
    said = {
        "move": move, "happened_at": clock.utc_now().isoformat(), "spoke_with": "Petugas Uji", "role": "DUTY_OFFICER",
        "phone": "0322000000",
    }  # fmt: skip
    return await office.move(handoff["handoff_id"], "spoken-answer", **{**said, **more})


async def test_an_answer_by_phone_counts_from_when_it_was_said_and_waits_to_be_confirmed(
    casework: Bench, office: Desk, hospital: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id, VILLAGE, purpose="FAMILY_TRACING")
    said_at = (clock.utc_now() - timedelta(seconds=1)).isoformat()
    await spoken(office, handoff, "accept", happened_at=said_at)
    told = await seen(office, handoff)
    assert (told["state"], told["spoken_for"], told["promise_holder"]) == ("accepted", True, VILLAGE)
    assert deadlines(told).keys() == {"STATUS_BY", "CONFIRM_BY"}
    assert told["spoken"][0]["spoke_with"] == "Petugas Uji"
    action = await casework.rows(
        "SELECT on_behalf_of, actor FROM actions WHERE aggregate_id = $1 AND verb = 'accept'", UUID(told["handoff_id"])
    )
    assert [(row["on_behalf_of"], row["actor"]) for row in action] == [(VILLAGE, "staff:desk-dinsos-lamongan")]
    told_elsewhere = await casework.rows(
        "SELECT 1 FROM outbox WHERE body::text LIKE '%Petugas Uji%' OR headers::text LIKE '%Petugas Uji%'"
    )
    assert told_elsewhere == [], "who spoke stays in the row"


async def test_a_wrong_answer_by_phone_is_contested_and_asked_anew_with_fresh_deadlines(
    casework: Bench, issuer: Issuer, office: Desk, case_id: UUID
) -> None:
    village = Desk(casework, issuer, VILLAGE)
    handoff = await ask(office, case_id, VILLAGE, purpose="FAMILY_TRACING")
    assert (await village.move(handoff["handoff_id"], "contest", 409))["code"] == "handoff_cannot_move"
    await spoken(office, handoff, "accept")
    await village.move(handoff["handoff_id"], "contest")
    again = await seen(office, handoff)
    assert (again["state"], again["spoken_for"], again["promise_holder"]) == ("requested", False, OFFICE)
    assert again["spoken"][0]["verdict"] == "contested"
    assert [c["occurrence"] for c in again["deadlines"] if c["kind"] == "ANSWER_BY"] == [1, 2]
    await spoken(office, handoff, "accept")
    await village.move(handoff["handoff_id"], "confirmation")
    assert (await seen(office, handoff))["spoken"][1]["verdict"] == "confirmed"
    refused = await village.move(handoff["handoff_id"], "contest", 409)
    assert refused["code"] == "nobody_spoke_for_them"


async def test_nobody_is_taken_over_by_phone_and_nothing_happens_in_the_future(
    casework: Bench, office: Desk, hospital: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    refused = await office.move(
        handoff["handoff_id"], "spoken-answer", 422, move="arrive", happened_at=later(days=-1),
        spoke_with="Petugas Uji", role="HEAD", phone="0322000000",
    )  # fmt: skip
    assert refused["status"] == 422
    spoke = MoveHandoff(UUID(handoff["handoff_id"]), Move.ARRIVE, spoken=Spoken("Petugas Uji", "HEAD", "0322000000"))
    head = Principal("staff:head", OFFICE, frozenset({"section-head"}), ("35.24",))
    with pytest.raises(NotByPhone):
        await casework.units.perform(lambda uow: move_handoff(spoke, uow), principal=head)
    future = await hospital.move(handoff["handoff_id"], "acceptance", 422, happened_at=later(days=1))
    assert future["code"] == "happens_later"
    past = [{"code": "LETTER_COMPLETE", "owner": "SENDER", "due_at": later(days=-1)}]
    late = await hospital.move(handoff["handoff_id"], "conditional-acceptance", 422, conditions=past)
    assert late["code"] == "condition_is_past"
    far = [{"code": "LETTER_COMPLETE", "owner": "SENDER", "due_at": "9999-12-31T00:00:00Z"}]
    late = await hospital.move(handoff["handoff_id"], "conditional-acceptance", 422, conditions=far)
    assert late["code"] == "condition_is_past"
    assert (await seen(office, handoff))["state"] == "requested"


async def test_an_agency_without_software_is_heard_through_the_office(office: Desk, case_id: UUID) -> None:
    handoff = await ask(office, case_id, OFFICE, purpose="TRANSFER", from_agency=LAWANG)
    assert (handoff["from_agency"], handoff["to_agency"]) == (LAWANG, OFFICE)
    await office.move(handoff["handoff_id"], "acceptance")
