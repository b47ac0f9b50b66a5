"""The sandbox brings a hand-off's deadlines forward, so that a program in the making sees that it is escalated at."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.sandbox.deadlines import bring_forward, main
from services.casework.handoff.deadlines.tables import Deadline
from services.casework.handoff.handoffs.tables import Handoff
from services.chassis.errors import NotFound
from services.chassis.principal import system_principal
from tests.support.casework.agencies import LAWANG, OFFICE, SOEGIRI
from tests.support.casework.asking import ask
from tests.support.casework.desk import Desk
from tests.support.eventually import eventually
from tests.support.folding import unlike_their_actions
from tests.support.identity import Issuer
from tests.support.services import Bench

SANDBOX = system_principal("sandbox")


async def forward(casework: Bench, handoff_id: str) -> list[str]:
    return await casework.units.perform(lambda uow: bring_forward(UUID(handoff_id), uow), principal=SANDBOX)


async def test_a_deadline_that_is_brought_forward_reaches_its_program_and_again_when_asked_again(
    casework: Bench, issuer: Issuer, case_id: UUID
) -> None:
    office, hospital = Desk(casework, issuer, OFFICE, "section-head"), Desk(casework, issuer, SOEGIRI)
    handoff_id = (await ask(office, case_id, SOEGIRI, LAWANG))["handoff_id"]
    other_id = (await ask(office, case_id))["handoff_id"]
    for number in (1, 2):
        assert await forward(casework, handoff_id) == ["ANSWER_BY"]

        async def rang(wanted: int = number) -> bool:
            return len((await hospital.get(f"/handoffs/{handoff_id}"))["escalations"]) == wanted

        await eventually(rang, what=f"escalation {number}")

    async def told() -> Any:
        return await casework.value(
            "SELECT count(*) FROM feed WHERE agency = $1 AND body::text LIKE $2 AND body::text LIKE '%escalated%'",
            SOEGIRI,
            f"%{handoff_id}%",
        )

    await eventually(told, what="the escalation in the program's feed")
    assert (await hospital.get(f"/handoffs/{other_id}"))["escalations"] == [], "no other promise is touched"
    deadlines = await casework.rows("SELECT id FROM deadlines WHERE about_id = $1", UUID(handoff_id))
    mine = {UUID(handoff_id), *(row["id"] for row in deadlines)}
    for kind in (Handoff, Deadline):
        assert mine.isdisjoint(await unlike_their_actions(casework, kind))
    reasons = await casework.rows(
        "SELECT DISTINCT actor, reason FROM actions WHERE aggregate_id = $1 AND verb = 'bring_forward'",
        UUID(handoff_id),
    )
    assert [tuple(row) for row in reasons] == [("system:sandbox", "SANDBOX")]


async def test_nothing_is_brought_forward_where_no_deadline_runs(
    casework: Bench, issuer: Issuer, case_id: UUID
) -> None:
    office, hospital = Desk(casework, issuer, OFFICE, "section-head"), Desk(casework, issuer, SOEGIRI)
    handoff_id = (await ask(office, case_id))["handoff_id"]
    await hospital.move(handoff_id, "rejection", reason_code="FULL")
    version = (await hospital.get(f"/handoffs/{handoff_id}"))["version"]
    assert await forward(casework, handoff_id) == []
    assert (await hospital.get(f"/handoffs/{handoff_id}"))["version"] == version
    with pytest.raises(NotFound):
        await forward(casework, str(uuid4()))


def test_the_command_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 2
    assert main(["not-an-id"]) == 2
    monkeypatch.setenv("SIGAP_STATE", str(tmp_path))
    assert main([str(uuid4())]) == 1
    assert "make up" in capsys.readouterr().err
