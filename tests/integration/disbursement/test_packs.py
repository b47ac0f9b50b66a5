"""Loading a pack: once, by version, and nothing when it is wrong."""

from pathlib import Path

import pytest

from services.chassis.outbox import OutboxNotifier
from services.chassis.principal import system_principal
from services.chassis.service import Running
from services.disbursement.wiring import gauges, load_packs, reconcile
from tests.support.disbursement.office import AMOUNT, Office
from tests.support.packs import LAMONGAN_DISBURSEMENT_PACK
from tests.support.services import Bench


async def test_a_pack_is_loaded_once_and_a_version_keeps_its_content(
    disbursement: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running = Running(
        disbursement.settings,
        disbursement.units,
        system_principal("disbursement"),
        OutboxNotifier(disbursement.settings.database_url),
    )
    folder = tmp_path / "18.72-metro"
    folder.mkdir()
    file = folder / "disbursement.yaml"
    text = LAMONGAN_DISBURSEMENT_PACK.read_text().replace('district: "35.24"', 'district: "18.72"')
    file.write_text(text)
    assert [await load_packs(running, [str(tmp_path)]) for _ in range(2)] == [0, 0]
    assert await disbursement.value("SELECT count(*) FROM aid_packs WHERE district = '18.72'") == 1
    assert "dimuat\n" in (said := capsys.readouterr()).out
    assert "sudah berlaku\n" in said.out

    file.write_text(text.replace("1500000", "1600000"))
    assert await load_packs(running, [str(tmp_path)]) == 1
    assert "sudah dimuat dengan isi lain" in capsys.readouterr().err
    file.write_text(text.replace("1500000", "1500000.5"))
    assert await load_packs(running, [str(tmp_path)]) == 1
    assert "18.72-metro/disbursement.yaml" in capsys.readouterr().err
    assert await load_packs(running, [str(tmp_path / "nowhere")]) == 1
    assert await disbursement.value("SELECT count(*) FROM aid_packs WHERE district = '18.72'") == 1


async def test_reconcile_wakes_every_unfinished_batch(disbursement: Bench, office: Office) -> None:
    batch = await office.approved()
    running = Running(
        disbursement.settings,
        disbursement.units,
        system_principal("disbursement"),
        OutboxNotifier(disbursement.settings.database_url),
    )
    assert await reconcile(running, []) == 0
    figures = {name: value for name, _, value in await gauges(disbursement.units.pool)}
    assert figures["sigap_batches_open"] >= 1
    assert figures["sigap_payments_unsettled_rupiah"] >= AMOUNT
    key = f"batch:{batch['batch_id']}"
    assert await disbursement.value("SELECT count(*) FROM outbox WHERE transport = 'temporal' AND key = $1", key) == 2
