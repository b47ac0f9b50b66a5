"""A registry's answer on real rows: believed when it fits what was said, else kept beside it for somebody to decide."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import orjson
import pytest

from contracts.events.casework import TaskCompleted
from services.chassis import sealing
from services.chassis.principal import system_principal
from services.intake.registries.adapter import HttpRegistries
from services.intake.registries.commands import (
    AskRegistry,
    ask_registry,
    question_of,
    record_answer,
    settle_decided,
)
from services.intake.registries.domain import CheckKind
from services.intake.wiring import sealer
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.intake.reports import report, staff
from tests.support.loopback import Answers, serving
from tests.support.services import Bench
from tests.support.wire import wire

SYSTEM = system_principal("intake")
ZONE = ZoneInfo("Asia/Jakarta")
NIK = "3524171209689003"
FITS = {"result": "MATCHED", "nik": NIK, "name": "SUHARTI", "birth_date": "12-09-1968", "sex": "FEMALE"}
OTHER = {"result": "MATCHED", "nik": NIK, "name": "Budi Fiktif", "birth_date": "1999-01-01", "sex": "MALE"}


@contextmanager
def answering(answer: dict[str, Any]) -> Iterator[str]:
    """A registry that knows one answer."""

    class Handler(Answers):
        def do_POST(self) -> None:
            self.body()
            self.say(200, orjson.dumps(answer))

    with serving(Handler) as url:
        yield url


class Somebody:
    """A person who was reported with a claim, and the check of who they are."""

    def __init__(self, bench: Bench, person_id: UUID) -> None:
        self.bench, self.person_id, self.about_id = bench, person_id, uuid4()
        self.check_id: UUID | None = None

    async def is_asked_about(self, answer: dict[str, Any]) -> str:
        """What becomes of the check when the registry answers so."""
        keys = sealer(self.bench.settings)
        command = AskRegistry(uuid4(), self.about_id, self.person_id, uuid4(), "35.24", CheckKind.IDENTITY, "dukcapil")
        await self.bench.units.perform(lambda uow: ask_registry(command, uow), principal=SYSTEM)
        self.check_id = await self.bench.value("SELECT id FROM registry_checks WHERE about_id = $1", self.about_id)
        assert self.check_id is not None
        check_id = self.check_id
        question = await self.bench.units.perform(lambda uow: question_of(check_id, uow, keys), principal=SYSTEM)
        assert question is not None
        with answering(answer) as url:
            told = await HttpRegistries(url, url, 5).ask(str(check_id), question)
        done = await self.bench.units.perform(
            lambda uow: record_answer(check_id, told, uow, keys, ZONE), principal=SYSTEM
        )
        assert done
        return str(await self.bench.value("SELECT result FROM registry_checks WHERE id = $1", check_id))

    async def is_decided(self, result_code: str) -> None:
        """Casework says how the comparison ended, and the check's workflow settles it."""
        fact = TaskCompleted(task_id=uuid4(), about_kind="case", about_id=self.about_id, result_code=result_code)
        async with self.bench.running("consumer"):
            async with self.bench.producer() as send:
                await send("casework.tasks", *wire(fact, subject=fact.task_id, correlation_id=uuid4()))

            async def heard() -> bool:
                query = "SELECT is_same_person IS NOT NULL FROM registry_checks WHERE id = $1"
                return bool(await self.bench.value(query, self.check_id))

            await eventually(heard, what="the decision")
        keys, check_id = sealer(self.bench.settings), self.check_id
        assert check_id is not None
        await self.bench.units.perform(lambda uow: settle_decided(check_id, uow, keys, ZONE), principal=SYSTEM)

    async def fields(self) -> dict[str, str | None]:
        """What stands of the person, in clear."""
        (row,) = await self.bench.rows(
            "SELECT p.sealed, k.wrapped FROM persons p JOIN person_keyring k ON k.person_id = p.id WHERE p.id = $1",
            self.person_id,
        )
        wrapped = orjson.loads(row["wrapped"]) if isinstance(row["wrapped"], str) else row["wrapped"]
        key = sealing.unwrap(base64.b64decode(wrapped["intake"]), self.bench.settings.sealing_private_key)
        return sealing.unseal(row["sealed"], key)

    async def status(self) -> tuple[str, str | None]:
        (row,) = await self.bench.rows("SELECT identity_status, sex FROM persons WHERE id = $1", self.person_id)
        return row["identity_status"], row["sex"]


@pytest.fixture
async def somebody(intake: Bench, issuer: Issuer) -> Somebody:
    said = {"name": "Suharti", "nik": NIK, "sex": "FEMALE", "approximate_age_years": 55, "features": "rambut putih"}
    made = await intake.client.post("/reports", json=report(person=said), headers=staff(issuer))
    report_id = made.json()["report_id"]
    verified = await intake.client.post(
        f"/reports/{report_id}/verification", json={"expected_version": 1}, headers=staff(issuer)
    )
    assert verified.status_code == 200, verified.text
    return Somebody(intake, await intake.value("SELECT person_id FROM reports WHERE id = $1", UUID(report_id)))


async def test_a_number_with_the_same_name_sex_and_date_is_believed_and_what_was_said_stays(somebody: Somebody) -> None:
    assert await somebody.is_asked_about(FITS) == "MATCHED"
    assert await somebody.status() == ("MATCHED", "FEMALE")
    fields = await somebody.fields()
    assert (fields["name"], fields["birth_date"]) == ("SUHARTI", "1968-09-12")
    assert (fields["said_name"], fields["features"], fields["approximate_age_years"]) == (
        "Suharti",
        "rambut putih",
        "55",
    )


async def test_another_citizens_number_is_not_believed_and_both_sides_are_kept(somebody: Somebody) -> None:
    assert await somebody.is_asked_about(OTHER) == "MISMATCHED"
    assert await somebody.status() == ("CLAIMED", "FEMALE")
    fields = await somebody.fields()
    assert (fields["name"], fields["registry_name"]) == ("Suharti", "Budi Fiktif")
    assert (fields["said_sex"], fields["registry_sex"]) == ("FEMALE", "MALE")
    told = await somebody.bench.value(
        "SELECT body->>'result' FROM outbox WHERE target = 'intake.registry-checks' AND body->>'check_id' = $1",
        str(somebody.check_id),
    )
    assert told == "MISMATCHED"


async def test_who_says_that_it_is_somebody_else_has_the_registrys_words_go(somebody: Somebody) -> None:
    await somebody.is_asked_about(OTHER)
    await somebody.is_decided("OTHER_PERSON")
    fields = await somebody.fields()
    assert fields["name"] == "Suharti"
    assert not [name for name in fields if name.startswith("registry_")]


async def test_who_says_that_it_is_the_same_person_has_the_registry_believed(somebody: Somebody) -> None:
    await somebody.is_asked_about(OTHER)
    await somebody.is_decided("SAME_PERSON")
    assert await somebody.status() == ("MATCHED", "MALE")
    fields = await somebody.fields()
    assert (fields["name"], fields["said_name"]) == ("Budi Fiktif", "Suharti")


@pytest.mark.parametrize(
    "answer",
    [
        {"result": "INAKTIF", "name": "Suharti"},
        {"result": "MATCHED", "nik": NIK, "name": "Suharti", "birth_date": "bulan September"},
        {"result": "MATCHED", "nik": "35241712", "name": "Suharti"},
        {"hasil": "PADAN"},
    ],
)
async def test_an_answer_that_cannot_be_read_is_kept_for_somebody(somebody: Somebody, answer: dict[str, Any]) -> None:
    assert await somebody.is_asked_about(answer) == "UNKNOWN"
    assert (await somebody.status())[0] == "CLAIMED"
    assert orjson.loads((await somebody.fields())["registry_answer"] or "") == answer


async def test_a_death_that_the_registry_knows_is_told_and_binds_nobody(somebody: Somebody) -> None:
    assert await somebody.is_asked_about({**FITS, "result": "DECEASED"}) == "DECEASED"
    assert (await somebody.status())[0] == "CLAIMED"
