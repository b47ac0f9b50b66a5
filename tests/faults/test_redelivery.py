"""Every consumer is fed its topics three times, shuffled across keys and in order within each.

Invariant: the tables hold the same as after feeding once, whatever was minted on the way (ids, instants, serials) left
aside. The stories are the golden examples of ``contracts/examples``, told again and again about other people.
"""

import random
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

import orjson
import pytest
import yaml

from benchmarks.ground import Ground
from contracts.topics import topic_of
from deploy.local.places import CHECKOUT
from services.casework.office.directory.commands import load_pack as load_casework
from services.casework.office.directory.domain import CaseworkPack
from services.casework.wiring import SERVICE as CASEWORK
from services.chassis.principal import system_principal
from services.chassis.service import Service
from services.disbursement.programmes.commands import load_pack as load_disbursement
from services.disbursement.programmes.domain import DisbursementPack
from services.disbursement.wiring import SERVICE as DISBURSEMENT
from services.intake.wiring import SERVICE as INTAKE
from services.notifications.templates.commands import load_pack as load_notifications
from services.notifications.templates.domain import NotificationsPack
from services.notifications.wiring import SERVICE as NOTIFICATIONS
from tests.support.faulty_variants import broken
from tests.support.golden_messages import example_of
from tests.support.seeds import chosen_seed
from tests.support.services import Bench, bench_for

SEED = chosen_seed(22)
STORIES = 12
TIMES = 3
PACK = CHECKOUT / "deploy" / "districts" / "35.24-lamongan"
SERVICES: dict[str, Service] = {service.name: service for service in (INTAKE, CASEWORK, DISBURSEMENT, NOTIFICATIONS)}
LOADERS: dict[str, tuple[type[Any], Any]] = {
    "casework": (CaseworkPack, load_casework),
    "disbursement": (DisbursementPack, load_disbursement),
    "notifications": (NotificationsPack, load_notifications),
}
STAGES = (
    "intake.", "casework.handoffs", "casework.", "disbursement.entitlements", "disbursement.payments", "disbursement.",
    "notifications.",
)  # fmt: skip
"""Topics keep no order among each other: a stage comes after those that its facts rest on.

A topic belongs to the first stage that names it. What a service answers when a case is about to close depends on what
it has heard by then, hence the hand-offs come first.
"""
BOOKKEEPING = {"inbox", "inbox_subjects", "alembic_version"}
MINTED = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*(?:Z|[+-]\d\d:?\d\d)?"
)
SERIAL = re.compile(r"(?<=/)\d{6}\b")

Message = tuple[str, bytes, bytes, list[tuple[str, bytes]]]


def stories(service: Service, count: int) -> list[list[Message]]:
    """What a service consumes, a list for each key, in the order of the page on which it subscribes."""
    by_key: dict[bytes, list[Message]] = {}
    for number in range(count):
        for kind in service.subscriptions:
            topic = topic_of(kind)
            text = _retold(orjson.dumps(example_of(kind)).decode(), number)
            headers = orjson.loads(text)["headers"]
            key = headers["ce_subject" if topic.key == "subject" else "ce_correlationid"].encode()
            body = orjson.dumps(orjson.loads(text)["data"])
            wired = [(name, value.encode()) for name, value in headers.items()]
            by_key.setdefault(key, []).append((topic.name, key, body, wired))
    return list(by_key.values())


def _retold(text: str, number: int) -> str:
    """The same story of somebody else; every other one asks for an identification instead of a bed."""
    if number % 2:
        text = text.replace("INPATIENT_BED", "IDENTIFICATION")
    return re.sub(r"019d2c4e-[0-9a-f-]{27}", lambda found: str(uuid5(UUID(found[0]), str(number))), text)


def stage_of(topic: str) -> str:
    """The first stage that names a topic."""
    return next(stage for stage in STAGES if topic.startswith(stage))


def shuffled(told: list[list[Message]], stage: str, chance: random.Random) -> Iterator[Message]:
    """What the topics of a stage carry of all stories, in order within each key and in no order across them."""
    left = [[message for message in story if stage_of(message[0]) == stage] for story in told]
    while left := [story for story in left if story]:
        yield chance.choice(left).pop(0)


async def load(bench: Bench) -> None:
    """The district's pack in force."""
    if bench.service.name not in LOADERS:
        return
    kind, load_pack = LOADERS[bench.service.name]
    pack = kind.model_validate(yaml.safe_load((PACK / f"{bench.service.name}.yaml").read_text()))
    await bench.units.perform(lambda uow: load_pack(pack, uow), principal=system_principal("test"))


async def contents(bench: Bench, given: set[str]) -> dict[str, list[str]]:
    """Every table's rows as text, sorted, with what was minted here blotted out."""

    def blot(found: re.Match[str]) -> str:
        return found[0] if found[0] in given else "~"

    tables = await bench.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    found = {}
    for name in {row["tablename"] for row in tables} - BOOKKEEPING:
        counted = await bench.rows(
            "SELECT column_name FROM information_schema.columns WHERE table_name = $1 AND is_identity = 'YES'", name
        )
        rows = await bench.rows(f"SELECT to_jsonb(t) - $1::text[] AS row FROM {name} t", [r[0] for r in counted])
        found[name] = sorted(SERIAL.sub("~", MINTED.sub(blot, row["row"])).replace(bench.prefix, "") for row in rows)
    return found


def digest(found: dict[str, list[str]]) -> str:
    """The state in one hash."""
    return sha256(orjson.dumps(found, option=orjson.OPT_SORT_KEYS)).hexdigest()


async def fed(place: Ground, service: Service, count: int, times: int) -> dict[str, list[str]]:
    """What a fresh service holds after hearing everything so many times."""
    told = stories(service, count)
    given = set(MINTED.findall(orjson.dumps([[_plain(message) for message in story] for story in told]).decode()))
    async with bench_for(service, place.stack, place.issuer) as bench:
        await load(bench)
        chance = random.Random(SEED + times)
        async with bench.producer() as send, bench.running("consumer"):
            for _ in range(times):
                for stage in STAGES:
                    messages = list(shuffled(told, stage, chance))
                    for message in messages:
                        await send(*message)
                    if messages:
                        await bench.all_consumed()
        return await contents(bench, given)


def _plain(message: Message) -> list[Any]:
    topic, key, body, headers = message
    return [topic, key.decode(), body.decode(), [[name, value.decode()] for name, value in headers]]


async def differences(place: Ground, service: Service, count: int = STORIES) -> list[str]:
    """The tables that hold something else after feeding three times than after feeding once; and what is set aside."""
    once, thrice = await fed(place, service, count, 1), await fed(place, service, count, TIMES)
    told = [
        f"{name}: {len(once[name])} rows, then {len(thrice[name])}: {set(once[name]) ^ set(thrice[name])}"
        for name in once
        if once[name] != thrice[name]
    ]
    assert (digest(once) == digest(thrice)) == (told == [])
    assert sum(map(len, once.values())) > count
    return told + [
        f"{len(found['dead_letters'])} messages set aside" for found in (once, thrice) if found["dead_letters"]
    ]


@pytest.mark.parametrize("name", SERVICES)
async def test_fed_three_times_a_service_holds_what_it_held_after_once(place: Ground, name: str) -> None:
    assert await differences(place, SERVICES[name]) == []


async def test_the_checker_catches_the_faulty_variant_with_a_deaf_inbox(place: Ground) -> None:
    with broken("deaf-inbox"):
        told = await differences(place, CASEWORK, 2)
    assert told, "the checker did not notice deaf-inbox"
