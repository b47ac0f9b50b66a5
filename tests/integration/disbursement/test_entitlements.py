"""A case's request for aid becomes one entitlement, or one refusal."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

from contracts.topics import topic_of
from tests.support.disbursement.office import AMOUNT, PROGRAMME, Office, aid_requested
from tests.support.eventually import eventually
from tests.support.services import Bench


async def test_a_redelivered_request_establishes_one_entitlement(disbursement: Bench, office: Office) -> None:
    fact, envelope = aid_requested()
    said = [await office.hear(fact, envelope) for _ in range(3)]
    assert said == ["applied", "duplicate", "duplicate"]
    (row,) = await disbursement.rows("SELECT * FROM entitlements WHERE aid_request_id = $1", fact.aid_request_id)
    assert (row["state"], row["amount_rupiah"], row["correlation_id"]) == (
        "established",
        AMOUNT,
        envelope.correlationid,
    )
    told = await disbursement.rows("SELECT * FROM outbox WHERE key = $1", str(envelope.correlationid))
    assert [message["target"] for message in told] == ["disbursement.entitlements"]


async def test_the_same_request_under_another_fact_changes_nothing(disbursement: Bench, office: Office) -> None:
    fact, envelope = aid_requested()
    await office.hear(fact, envelope)
    again = envelope.model_copy(update={"factid": uuid4(), "id": uuid4()})
    assert await office.hear(fact, again) == "applied"
    assert await disbursement.value("SELECT count(*) FROM outbox WHERE key = $1", str(envelope.correlationid)) == 1


async def test_a_person_is_entitled_once_per_programme_and_period(disbursement: Bench, office: Office) -> None:
    person = uuid4()
    requests = [aid_requested(person_id=person) for _ in range(4)]
    said = await asyncio.gather(*(office.hear(fact, envelope) for fact, envelope in requests))
    assert set(said) == {"applied"}
    rows = await disbursement.rows("SELECT state, reason_code FROM entitlements WHERE person_id = $1", person)
    assert (
        sorted((row["state"], row["reason_code"]) for row in rows if row["state"] == "refused")
        == [("refused", "ALREADY_ENTITLED")] * 3
    )
    assert [row["state"] for row in rows if row["state"] != "refused"] == ["established"]


async def test_what_no_rule_grants_is_refused_with_its_reason(disbursement: Bench, office: Office) -> None:
    cases = [
        (aid_requested(programme="BANTUAN_TAK_ADA"), "PROGRAMME_UNKNOWN"),
        (aid_requested(time=datetime(2019, 5, 1, tzinfo=UTC)), "NO_RULE_IN_FORCE"),
    ]
    for (fact, envelope), reason in cases:
        assert await office.hear(fact, envelope) == "applied"
        (row,) = await disbursement.rows("SELECT * FROM entitlements WHERE aid_request_id = $1", fact.aid_request_id)
        assert (row["state"], row["reason_code"]) == ("refused", reason)
        (message,) = await disbursement.rows("SELECT * FROM outbox WHERE key = $1", str(envelope.correlationid))
        assert '"ce_type":"disbursement.entitlement.refused.v1"' in message["headers"]


async def test_an_amount_is_that_of_the_rule_of_the_day(disbursement: Bench, office: Office) -> None:
    fact, envelope = aid_requested(time=datetime(2022, 4, 20, 3, tzinfo=UTC))
    await office.hear(fact, envelope)
    (row,) = await disbursement.rows("SELECT * FROM entitlements WHERE aid_request_id = $1", fact.aid_request_id)
    assert (row["rule_version"], row["period"], row["amount_rupiah"]) == ("2022.1", "2022", 1_500_000)


async def test_requests_are_heard_from_kafka(disbursement: Bench, office: Office) -> None:
    fact, envelope = aid_requested()
    async with disbursement.running("consumer"), disbursement.producer() as send:
        await send(
            topic_of(fact.TYPE).name, str(envelope.correlationid).encode(), fact.to_body(), envelope.to_headers()
        )

        async def is_there() -> bool:
            return await office.entitlement_of(fact.aid_request_id) != "None"

        await eventually(is_there, within_seconds=30)
    page = await disbursement.client.get(f"/entitlements?programme_code={PROGRAMME}", headers=office.as_("nur"))
    assert page.status_code == 200
    assert (await disbursement.client.get("/entitlements", headers=office.as_("sri"))).status_code == 403
