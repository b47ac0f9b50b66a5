"""A key's promise: the first answer for a month, across restarts, and one id from the key to the case's workflow."""

from uuid import UUID, uuid4

import httpx2
import orjson

from services.chassis.database import open_units
from services.chassis.outbox import OutboxNotifier, prune
from services.chassis.principal import system_principal
from services.chassis.processes import build_app
from services.chassis.service import Running
from services.intake.wiring import SERVICE
from tests.support.identity import Issuer
from tests.support.intake.reports import VILLAGE, report, staff
from tests.support.services import Bench


async def test_the_first_answer_comes_again_after_a_restart_and_days_later(intake: Bench, issuer: Issuer) -> None:
    headers, body = staff(issuer), report()
    first = await intake.client.post("/reports", json=body, headers=headers)
    await intake.units.pool.execute(
        "UPDATE request_keys SET recorded_at = now() - interval '29 days' WHERE key = $1", headers["Idempotency-Key"]
    )
    settings = intake.settings
    async with intake.units.pool.acquire() as connection:
        await prune(
            connection,
            outbox_days=settings.outbox_keep_days,
            inbox_days=settings.inbox_keep_days,
            request_key_days=settings.request_key_keep_days,
        )
    units = await open_units(settings.database_url, name="again", queue=settings.queue, pool_size=2)
    running = Running(settings, units, system_principal("intake"), OutboxNotifier(settings.database_url))
    app = build_app(SERVICE, settings, running)
    assert SERVICE.prepare is not None
    await SERVICE.prepare(running, app)
    try:
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://sigap/intake") as restarted:
            again = await restarted.post("/reports", json=body, headers=headers)
    finally:
        await units.close()
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await intake.value("SELECT count(*) FROM outbox WHERE key = $1", first.json()["report_id"]) == 1


async def test_the_key_and_the_id_minted_under_it_travel_with_the_event(intake: Bench, issuer: Issuer) -> None:
    key = str(uuid4())
    token = issuer.machine("satpolpp-lamongan", "reporter-agency")
    person = report(channel="OTHER_AGENCY")
    made = await intake.client.post(
        "/operations",
        json={
            "order_number": f"SPT/{uuid4().int % 10**8}", "place_code": VILLAGE, "conducted_at": person["found_at"],
            "reports": [person],
        },
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
    )  # fmt: skip
    report_id = made.json()["reports"][0]["report_id"]
    rows = await intake.rows(
        "SELECT key, headers FROM outbox WHERE transport = 'kafka' AND key = $1 ORDER BY id", report_id
    )
    said = [orjson.loads(row["headers"]) for row in rows]
    assert {headers["ce_type"] for headers in said} >= {"intake.report.received.v1", "intake.report.verified.v1"}
    assert {headers["ce_causationid"] for headers in said} == {key}
    assert {UUID(headers["ce_correlationid"]) for headers in said} == {UUID(report_id)}
