"""Another district's aid is not there, whatever the role; generated from the routes."""

from uuid import uuid4

import asyncpg

from tests.support.disbursement.office import Office
from tests.support.row_routes import dead_letter_row, let_in, office_elsewhere
from tests.support.services import Bench


async def test_to_an_office_elsewhere_nothing_of_this_district_exists(disbursement: Bench, office: Office) -> None:
    (entitlement,) = await office.entitle()
    batch = await office.propose([entitlement])
    finding = uuid4()
    await disbursement.units.pool.execute(
        "INSERT INTO findings (id, district, correlation_id, version, kind, batch_id, desk, due_at, reason_code)"
        " VALUES ($1, '35.24', $1, 1, 'UNMATCHED', $2, 'keuangan', now(), '')",
        finding,
        batch["batch_id"],
    )
    rows = {
        "entitlement_id": entitlement, "batch_id": batch["batch_id"], "finding_id": finding,
        "dead_letter_id": await dead_letter_row(disbursement),
    }  # fmt: skip
    elsewhere = office_elsewhere(office.issuer)
    assert await let_in(disbursement, rows, elsewhere) == []
    for path in ("/batches", "/entitlements", "/findings"):
        listed = await disbursement.client.get(path, headers={"Authorization": f"Bearer {elsewhere}"})
        assert (listed.status_code, listed.json()["items"]) == (200, []), path
    assert (await office.show(batch["batch_id"]))["state"] == "proposed"
    owner = await asyncpg.connect(disbursement.settings.migrator_database_url)
    await owner.execute("DELETE FROM findings WHERE id = $1", finding)
    await owner.close()
