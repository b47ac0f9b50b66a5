"""An event's old and new version side by side: old readers go on, new ones miss and repeat nothing."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest

from contracts import topics
from contracts.envelope import Envelope, Event, Sensitivity
from contracts.events.intake import ReportRejected
from contracts.fields import Code
from services.chassis import inbox
from services.chassis.database import UnitOfWork
from services.chassis.errors import Invalid
from services.chassis.principal import system_principal
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.probe import TYPE, Effect, make_probe, probe_service, when_report_rejected_keep_effect
from tests.support.probe_inbox import effects, heard, set_aside
from tests.support.services import Bench
from tests.support.wire import wire

TOPIC = "intake.reports"
GOLDEN = Path(topics.__file__).parent / "examples" / "intake" / f"{TYPE}.json"


class ReportRejectedV2(Event):
    """The same fact with several reasons: nothing that an old reader could read."""

    TYPE: ClassVar[str] = "intake.report.rejected.v2"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    reasons: tuple[Code, ...]


class ReportRejectedWithMore(ReportRejected):
    """The first version as a newer writer writes it and a newer reader reads it."""

    office_note_code: Code | None = None


class ReasonIsNotForUs(Invalid):
    """What a faulty release says."""


async def when_report_rejected_keep_reasons(event: ReportRejectedV2, envelope: Envelope, uow: UnitOfWork) -> None:
    """One effect per fact, with all its reasons."""
    uow.insert(
        Effect(
            fact_id=envelope.factid,
            correlation_id=envelope.correlationid,
            sequence=envelope.sequence,
            reason="+".join(event.reasons),
            district=str(envelope.district),
        )
    )


async def when_report_rejected_fail(event: ReportRejectedV2, envelope: Envelope, uow: UnitOfWork) -> None:
    """A release with a fault."""
    raise ReasonIsNotForUs(reason=event.reasons[0])


class Skips:
    """Counts as the figure of skipped messages does."""

    def __init__(self) -> None:
        self.kinds: list[str] = []

    def add(self, number: int, attributes: dict[str, str]) -> None:
        """One more."""
        self.kinds += [attributes["event.type"]] * number


def sent_in(*versions: Event, fact_id: UUID | None = None, key: UUID | None = None) -> Sequence[tuple[Any, ...]]:
    """One fact in some of its versions, as its owner sends it until the last listener has moved."""
    fact_id, key = fact_id or uuid4(), key or uuid4()
    return [wire(version, subject=key, correlation_id=key, fact_id=fact_id) for version in versions]


def both(reason: str, key: UUID | None = None) -> Sequence[tuple[Any, ...]]:
    return sent_in(ReportRejected(reason_code=reason), ReportRejectedV2(reasons=(reason, "MORE")), key=key)


def only_new(reason: str, key: UUID | None = None) -> Sequence[tuple[Any, ...]]:
    return sent_in(ReportRejectedV2(reasons=(reason, "MORE")), key=key)


async def say(send: Any, *messages: tuple[Any, ...]) -> None:
    for message in messages:
        await send(TOPIC, *message)


def release(bench: Bench, *, group: str = "", **handlers: Any) -> None:
    """From now on the service runs with these handlers, in its own consumer group or in a fresh one."""
    kinds = {"v1": TYPE, "v2": ReportRejectedV2.TYPE}
    bench.service = replace(
        probe_service(), subscriptions={kinds[version]: handler for version, handler in handlers.items()}
    )
    if group:
        bench.settings = bench.settings.model_copy(update={"group_prefix": f"{bench.prefix}{group}"})


@pytest.fixture
def code_with_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release whose contracts have the second version."""
    learn_second(monkeypatch)


def learn_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(topics._CLASS_BY_TYPE, ReportRejectedV2.TYPE, ReportRejectedV2)
    monkeypatch.setitem(topics._TOPIC_BY_TYPE, ReportRejectedV2.TYPE, topics.topic_of(TYPE))


async def test_a_reader_of_the_old_version_skips_and_counts_the_new_one_and_goes_on(
    probe: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    skips, key = Skips(), uuid4()
    monkeypatch.setattr(inbox, "_skipped", skips)
    async with probe.running("consumer"), probe.producer() as send:
        await say(send, *both("FIRST", key), *only_new("NEW", key), *reversed(both("SECOND", key)), *both("LAST", key))
        await heard(probe, "LAST")
        await probe.all_consumed()
    assert await effects(probe) == ["FIRST", "SECOND", "LAST"]
    assert await probe.value("SELECT count(*) FROM dead_letters") == 0
    assert skips.kinds == ["unknown"] * 4


@pytest.mark.usefixtures("code_with_both")
async def test_a_reader_of_both_applies_each_fact_once_whichever_version_comes_first(probe: Bench) -> None:
    release(probe, v1=when_report_rejected_keep_effect, v2=when_report_rejected_keep_reasons)
    key = uuid4()
    async with probe.running("consumer"), probe.producer() as send:
        await say(send, *both("OLD_FIRST", key), *reversed(both("NEW_FIRST", key)))
        await say(send, *only_new("ONLY_NEW", key), *sent_in(ReportRejected(reason_code="ONLY_OLD"), key=key))
        await heard(probe, "ONLY_OLD")
        await probe.all_consumed()
    assert await effects(probe) == ["OLD_FIRST", "NEW_FIRST+MORE", "ONLY_NEW+MORE", "ONLY_OLD"]
    assert await probe.value("SELECT count(*) FROM dead_letters") == 0


async def test_within_a_version_old_and_new_readers_read_each_others_messages(
    probe: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    golden = json.loads(GOLDEN.read_text())
    stored = ReportRejected.model_validate(golden["data"])
    longer = ReportRejectedWithMore(reason_code="LONGER", office_note_code="SEEN")
    async with probe.producer() as send:
        async with probe.running("consumer"):
            await say(send, *sent_in(longer), *sent_in(stored))
            await heard(probe, "LONGER", stored.reason_code)
            await probe.all_consumed()
        monkeypatch.setitem(topics._CLASS_BY_TYPE, TYPE, ReportRejectedWithMore)
        async with probe.running("consumer"):
            await say(send, *sent_in(ReportRejected(reason_code="SHORTER")))
            await heard(probe, "SHORTER")
    assert sorted(await effects(probe)) == sorted(["LONGER", stored.reason_code, "SHORTER"])
    assert await probe.value("SELECT count(*) FROM dead_letters") == 0


async def test_the_release_that_moves_to_the_new_version_misses_and_repeats_nothing(
    probe: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = uuid4()
    async with probe.producer() as send:
        async with probe.running("consumer"):
            await say(send, *both("BEFORE", key), *only_new("SKIPPED", key))
            await heard(probe, "BEFORE")
            await probe.all_consumed()
        await say(send, *both("BETWEEN", key))
        learn_second(monkeypatch)
        release(probe, v2=when_report_rejected_keep_reasons)
        async with probe.running("consumer"):
            await say(send, *both("AFTER", key))
            await heard(probe, "AFTER+MORE")
            await probe.all_consumed()
        assert await effects(probe) == ["BEFORE", "BETWEEN+MORE", "AFTER+MORE"]

        # Read from the start once more, the move finds what had come in the new version alone.
        release(probe, group="again-", v2=when_report_rejected_keep_reasons)
        async with probe.running("consumer"):
            await heard(probe, "SKIPPED+MORE")
            await probe.all_consumed()
    assert await effects(probe) == ["BEFORE", "BETWEEN+MORE", "AFTER+MORE", "SKIPPED+MORE"]
    assert await probe.value("SELECT count(*) FROM dead_letters") == 0


@pytest.mark.parametrize("old_release_has", ["neither class nor handler", "the class alone"])
async def test_a_dead_letter_of_the_new_version_outlives_a_return_to_the_old_release_and_replays(
    probe: Bench, issuer: Issuer, old_release_has: str
) -> None:
    operator = {"Authorization": f"Bearer {issuer.token(roles=['operator'])}", "Idempotency-Key": str(uuid4())}
    key = uuid4()

    async def is_hopeless() -> bool:
        return bool(
            await probe.value(
                "SELECT error_code = 'body_is_not_the_event' AND next_try_at IS NULL FROM dead_letters ORDER BY id "
                "LIMIT 1"
            )
        )

    async with probe.producer() as send:
        with pytest.MonkeyPatch.context() as faulty:
            learn_second(faulty)
            release(probe, v2=when_report_rejected_fail)
            async with probe.running("consumer"):
                await say(send, *only_new("PATIENT", key), *only_new("BEHIND", key))
                await set_aside(probe, 2)
        with pytest.MonkeyPatch.context() as old:
            if old_release_has == "the class alone":
                learn_second(old)
            release(probe, v1=when_report_rejected_keep_effect)
            async with probe.running("consumer"):
                await say(send, *sent_in(ReportRejected(reason_code="OTHER")))
                await heard(probe, "OTHER")
                await eventually(is_hopeless, what="the old release leaves it alone")
                assert len(await set_aside(probe, 2)) == 2
        with pytest.MonkeyPatch.context() as mended:
            learn_second(mended)
            release(probe, v1=when_report_rejected_keep_effect, v2=when_report_rejected_keep_reasons)
            async with probe.running("consumer"):
                first = (await probe.client.get("/dead-letters", headers=operator)).json()["items"][0]
                shown = (await probe.client.get(f"/dead-letters/{first['id']}", headers=operator)).json()
                decision = {"expected_version": shown["version"], "reason": "rilis baru membacanya"}
                answer = await probe.client.post(f"/dead-letters/{first['id']}/replay", json=decision, headers=operator)
                assert answer.status_code == 200, answer.text
                await heard(probe, "PATIENT+MORE", "BEHIND+MORE")
    assert await effects(probe) == ["OTHER", "PATIENT+MORE", "BEHIND+MORE"]


@pytest.mark.usefixtures("code_with_both")
async def test_a_service_says_one_fact_in_both_versions_and_a_reader_of_both_counts_it_once(probe: Bench) -> None:
    release(probe, v1=when_report_rejected_keep_effect, v2=when_report_rejected_keep_reasons)

    async def say_twice(uow: UnitOfWork) -> None:
        made = await make_probe("TWICE", uow, facts=0)
        fact_id = uow.publish(ReportRejected(reason_code="OLD"), about=made)
        assert uow.publish(ReportRejectedV2(reasons=("OLD", "MORE")), about=made, fact_id=fact_id) == fact_id

    async with probe.running("relay", "consumer"):
        await probe.units.perform(say_twice, principal=system_principal("probe"))
        messages = await probe.messages(TOPIC, expected=3)

        async def taken() -> bool:
            return bool(await probe.value("SELECT count(*) FROM effects") == 2)

        await eventually(taken)
    heads = [dict(message.headers) for message in messages[-2:]]
    assert heads[0]["ce_factid"] == heads[1]["ce_factid"]
    assert heads[0]["ce_id"] != heads[1]["ce_id"]
    assert await set_aside(probe, 0) == []
