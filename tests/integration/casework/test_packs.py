"""Loading casework's packs: a wrong one is refused in one line that names its file, and the others are loaded."""

from pathlib import Path

import pytest

from services.casework.handoff.wing import load_packs
from services.chassis.outbox import OutboxNotifier
from services.chassis.principal import system_principal
from services.chassis.service import Running
from tests.support.packs import LAMONGAN_PACK
from tests.support.services import Bench


async def test_a_wrong_pack_is_refused_in_one_line_and_the_others_are_loaded(
    casework: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running = Running(
        casework.settings, casework.units, system_principal("casework"), OutboxNotifier(casework.settings.database_url)
    )
    wrong, good = tmp_path / "18.71-balam", tmp_path / "18.72-metro"
    for folder in (wrong, good):
        folder.mkdir()
    (good / "casework.yaml").write_text(LAMONGAN_PACK.read_text().replace('district: "35.24"', 'district: "18.72"'))
    broken = ("version: 1\n", "version: '1'\nagencies: [\n", "")
    for content in broken:
        (wrong / "casework.yaml").write_text(content)
        assert await load_packs(running, [str(tmp_path)]) == 1
        said = capsys.readouterr()
        (refusal,) = said.err.splitlines()
        assert refusal.startswith("18.71-balam/casework.yaml: ")
        assert "18.72-metro: versi " in said.out
    (wrong / "casework.yaml").unlink()
    assert await load_packs(running, [str(tmp_path)]) == 0
    assert await load_packs(running, [str(tmp_path / "nowhere")]) == 1
    assert await casework.value("SELECT count(*) FROM packs WHERE district = '18.72'") == 1
