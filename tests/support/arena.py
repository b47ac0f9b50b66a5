"""Casework's rows and its API under people who answer at once, and the checker of what they left."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from benchmarks.ground import Ground
from services.casework.case.cases.commands import REACH
from services.casework.handoff.deadlines.tables import Deadline
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs import commands, domain
from services.casework.handoff.handoffs.commands import RequestHandoff
from services.casework.handoff.handoffs.domain import MOVES, OPEN, HandoffState, Move
from services.casework.handoff.handoffs.tables import Handoff, HandoffGroup
from services.casework.office.directory.domain import CaseworkPack, EscalationKind, PolicyStep
from services.casework.office.matters.domain import case
from services.casework.wiring import SERVICE
from services.chassis.principal import system_principal
from tests.support.casework.agencies import LAWANG, MENUR, OFFICE
from tests.support.folding import unlike_their_actions
from tests.support.identity import Issuer
from tests.support.packs.in_force import load, quick_pack
from tests.support.seeds import chosen_seed
from tests.support.services import Bench, bench_for

SEED = chosen_seed(23)
SYSTEM = system_principal("casework")
MOVE_VERBS = {move.value for move in Move}


def pack_due_at_once() -> CaseworkPack:
    """The district's pack; one hospital's answer is due at once, and the next one is asked at the second ring."""
    pack = quick_pack()
    sla_rules = tuple(
        rule.model_copy(update={"answer_within": timedelta(0)}) if rule.agency == MENUR else rule
        for rule in pack.sla_rules
    )
    at_once = tuple(
        PolicyStep(after=timedelta(0), kind=kind)
        for kind in (EscalationKind.REMIND_DESK, EscalationKind.NEXT_CANDIDATE)
    )
    return pack.model_copy(
        update={"sla_rules": sla_rules, "escalation_policies": {**pack.escalation_policies, "silent": at_once}}
    )


@dataclass(slots=True)
class Arena:
    """Casework's rows and its API, and who speaks there."""

    bench: Bench
    issuer: Issuer
    chance: random.Random

    async def ask(self, mode: str) -> list[UUID]:
        """Ask both hospitals; the hand-offs there are now."""
        new = uuid4()
        request = RequestHandoff(
            case(new), new, "35.24", new, "35.24.17.2007", "bed", 1, Purpose.INPATIENT_BED, OFFICE, [MENUR, LAWANG],
            "", "", mode=mode,
        )  # fmt: skip
        first = await self.bench.units.perform(lambda uow: commands.open_handoff(request, uow), principal=SYSTEM)
        rows = await self.bench.rows(
            "SELECT id FROM handoffs WHERE group_id = $1 ORDER BY candidate_no", first.group_id
        )
        return [row["id"] for row in rows]

    def headers(self, agency: str, key: UUID) -> dict[str, str]:
        """What the program of a party sends."""
        roles = ["section-head"] if agency == OFFICE else ["agency"]
        token = self.issuer.token(f"desk-{agency}", agency=agency, roles=roles)
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": str(key)}

    async def say(self, agency: str, handoff_id: UUID, path: str, key: UUID | None = None, **body: Any) -> int:
        """A party's program posts a move; answers the status."""
        await asyncio.sleep(self.chance.uniform(0, 0.02))
        headers = self.headers(agency, key or uuid4())
        answer = await self.bench.client.post(f"/handoffs/{handoff_id}/{path}", json=body, headers=headers)
        assert answer.status_code in (200, 409), answer.text
        return int(answer.status_code)

    async def ring(self, handoff_id: UUID) -> int:
        """The timer looks."""

        await asyncio.sleep(self.chance.uniform(0, 0.02))
        await self.bench.units.perform(lambda uow: commands.escalate_if_due(handoff_id, REACH, uow), principal=SYSTEM)
        return 200

    async def breaches(self) -> list[str]:
        """What the invariant finds in all rows there are."""
        found = []
        for kind in (Handoff, HandoffGroup, Deadline):
            unlike = await unlike_their_actions(self.bench, kind)
            found += [f"{one}: {kind.__name__} is not what its actions fold to" for one in unlike]
        for row in await self.bench.rows(HANDOFFS_WHOLE):
            found += [f"{row['id']}: {what}" for what in _breaches_of(row)]
        found += [
            f"{row['handoff_id']}: escalations {row['numbers']} of {row['deadline']}"
            for row in await self._odd_escalations()
        ]
        firm = await self.bench.rows(
            "SELECT group_id FROM handoffs WHERE coalesce(held_state, state) IN ('accepted', 'arrived', 'in-progress')"
            " GROUP BY group_id HAVING count(*) > 1"
        )
        return found + [f"{row['group_id']}: two firm yeses" for row in firm]

    async def _odd_escalations(self) -> list[Any]:
        escalations = await self.bench.rows(
            "SELECT about_id, deadline, array_agg(step_no ORDER BY step_no) AS numbers FROM escalation_steps"
            " GROUP BY about_id, deadline, occurrence"
        )
        return [
            escalation
            for escalation in escalations
            if escalation["numbers"] != list(range(1, len(escalation["numbers"]) + 1))
        ]


HANDOFFS_WHOLE = """
    SELECT h.*, a.actions, coalesce(f.versions, '{}') AS told, coalesce(c.running, 0) AS running
    FROM handoffs h
    JOIN (SELECT aggregate_id AS id, array_agg(ARRAY[version::text, verb, changes::json->>'state'] ORDER BY version)
          AS actions FROM actions WHERE aggregate = 'handoffs' GROUP BY 1) a ON a.id = h.id
    LEFT JOIN (SELECT headers->>'ce_subject' AS subject, array_agg((headers->>'ce_sequence')::int) AS versions
               FROM outbox WHERE transport = 'kafka' GROUP BY 1) f ON f.subject = h.id::text
    LEFT JOIN (SELECT about_id, count(*) AS running FROM deadlines WHERE state = 'running' GROUP BY 1) c
           ON c.about_id = h.id
"""
"""Every hand-off with its actions in order, the versions of which a fact was told, and how many deadlines run."""


def _breaches_of(row: Any) -> Iterator[str]:
    owes = domain.promise_holder(row["state"], row["from_agency"], row["to_agency"], row["held_state"])
    if row["promise_holder"] != owes:
        yield f"{row['promise_holder']} holds the promise in {row['state']}"
    facts = Counter(row["told"])
    state = HandoffState.REQUESTED
    for version, verb, after in row["actions"]:
        if verb in MOVE_VERBS:
            if HandoffState(after) not in MOVES.get((state, Move(verb)), ()):
                yield f"{verb} out of {state}"
            if facts[int(version)] != 1:
                yield f"{facts[int(version)]} facts of {verb}"
        state = HandoffState(after or state)
    if state in OPEN - {HandoffState.ON_HOLD} and not row["running"]:
        yield f"{state} without a running deadline"


@asynccontextmanager
async def arena_on(place: Ground) -> AsyncIterator[Arena]:
    """A casework of its own; nothing of it runs but its API."""
    async with bench_for(SERVICE, place.stack, place.issuer) as bench:
        await load(bench, pack_due_at_once())
        yield Arena(bench, place.issuer, random.Random(SEED))
