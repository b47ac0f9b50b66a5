"""No fact is dropped because its receiver moved on: the table of what intake hears, walked on its handlers."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.topics import event_class, topic_of
from contracts.values import RegionCode
from services.chassis.inbox import Inbox
from services.chassis.principal import system_principal
from services.chassis.records import Record
from services.intake.subscriptions import SUBSCRIPTIONS
from tests.support.facts_heard import Word, cells_of
from tests.support.identity import Issuer
from tests.support.intake.desk import ReportDesk
from tests.support.intake.reports import VILLAGE
from tests.support.services import Bench
from tests.support.wire import wire

ROWS = """
    SELECT r::text AS line FROM reports r WHERE id = $1 UNION ALL
    SELECT c::text FROM registry_checks c WHERE handoff_id = $2 OR about_id = $3 UNION ALL
    SELECT a::text FROM closing_answers a WHERE case_id = $3
"""
KEPT = "SELECT c::text AS line FROM report_cases c WHERE report_id = $1"


class Heard:
    """A report as far as a fact needs one, and the handlers that hear of it."""

    def __init__(self, bench: Bench, issuer: Issuer) -> None:
        self.bench, self.desk = bench, ReportDesk(bench, issuer)
        self.report_id, self.parent_id, self.case_id, self.handoff_id = uuid4(), uuid4(), uuid4(), uuid4()

    async def stands(self, kind: str, state: str) -> "Heard":
        """The receiver as the cell says."""
        if kind.startswith("casework.case.") and state != "unknown":
            self.report_id, self.parent_id = UUID(await self.desk.told()), UUID(await self.desk.told())
            await self.desk.send(str(self.report_id), "verification")
            await self.bench.units.pool.execute(
                "INSERT INTO report_cases (report_id, case_id, case_number, district, is_closed)"
                " VALUES ($1, $2, $3, '35.24', $4)",
                self.report_id, self.case_id, f"ODGJ/35.24/2026/{uuid4().int % 10**6:06d}",
                state in ("closed", "duplicate"),
            )  # fmt: skip
        if state == "duplicate":
            await self.bench.units.pool.execute(
                "UPDATE reports SET state = 'duplicate', parent_report_id = $2 WHERE id = $1",
                self.report_id, self.parent_id,
            )  # fmt: skip
        if kind == "casework.task.completed.v1":
            await self.bench.units.pool.execute(
                "INSERT INTO registry_checks (id, district, correlation_id, version, person_id, about_id, handoff_id,"
                " kind, source, result, asked_at, answered_at, is_same_person)"
                " VALUES ($1, '35.24', $2, 1, $3, $4, $5, 'IDENTITY', 'dukcapil-lamongan', 'MISMATCHED', now(), now(),"
                " $6)",
                uuid4(), self.report_id, uuid4(), self.case_id, self.handoff_id, True if state == "decided" else None,
            )  # fmt: skip
        return self

    async def rows(self, sql: str) -> list[str]:
        values = (self.report_id,) if sql is KEPT else (self.report_id, self.handoff_id, self.case_id)
        return sorted(row["line"] for row in await self.bench.rows(sql, *values))

    async def hears(self, kind: str, state: str) -> Word:
        """Give the inbox the fact as the broker would; answers what it did."""
        acted, kept = await self.rows(ROWS), await self.rows(KEPT)
        event = event_class(kind)
        assert event is not None
        fact = event.model_validate(
            {
                "handoff_id": self.handoff_id, "about_kind": "case", "about_id": self.case_id, "task_id": uuid4(),
                "purpose": "IDENTIFICATION" if state != "other" else "INPATIENT_BED", "from_agency": "dinsos-lamongan",
                "to_agency": "dukcapil-lamongan", "to_desk": "x", "answer_by": datetime.now(UTC), "candidate_no": 1,
                "person_id": uuid4(), "result_code": "SAME_PERSON" if state != "other" else "MET",
                "case_number": "ODGJ/35.24/2026/1", "case_type": "ODGJ_TERLANTAR", "village_code": RegionCode(VILLAGE),
                "source_report_id": self.report_id, "unit": "rehsos", "outcome": "X", "reason_code": "X",
                "parent_case_id": uuid4(), "parent_report_id": self.parent_id, "kind": "DIED", "round": 1,
            }
        )  # fmt: skip
        key, body, headers = wire(fact, subject=self.case_id, correlation_id=self.report_id)
        inbox = Inbox(self.bench.units, SUBSCRIPTIONS, system_principal("intake"), first_retry_seconds=1)
        record = Record(topic_of(kind).name, 0, uuid4().int % 2**60, key, headers, body)
        assert await inbox.hear(record) == "applied"
        if await self.rows(ROWS) != acted:
            return Word.APPLY
        return Word.REMEMBER if await self.rows(KEPT) != kept else Word.FOREIGN


@pytest.mark.parametrize(
    ("kind", "state", "word"), cells_of("intake", {kind for kind in SUBSCRIPTIONS if "adulthood" not in kind})
)
async def test_what_is_heard_is_done_kept_or_nobodys(
    intake: Bench, issuer: Issuer, kind: str, state: str, word: Word
) -> None:
    heard: Any = await Heard(intake, issuer).stands(kind, state if state != "any" else "unknown")
    if word is Word.DUPLICATE and kind == "casework.handoff.requested.v1":
        assert await heard.hears(kind, state) == Word.APPLY
    assert await heard.hears(kind, state) == (Word.FOREIGN if word is Word.DUPLICATE else word)
