"""Aid walked at random: what happens to persons, lists and the bank's lines, in every order, on real rows.

Whatever the order: nobody who was known dead, held or a double goes to the bank; a real person is credited once, or
somebody has it to decide; every rupiah that the bank moved is in the books.
"""

import asyncio
import os
from collections import Counter, defaultdict
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from contracts.events.casework import (
    CaseAidHeld,
    CaseAidReleased,
    CaseDuplicateUndone,
    CaseMarkedDuplicate,
    CaseOccurrenceRecorded,
    CaseOccurrenceRevoked,
)
from services.chassis.principal import system_principal
from services.disbursement.batches.commands import hand_in, record_sent, settling
from services.disbursement.entitlements import domain as entitlements
from services.disbursement.persons import repository as persons
from services.disbursement.persons.domain import RealPerson
from tests.support.disbursement.office import AMOUNT, PROGRAMME, Office, line_of
from tests.support.disbursement.somebody import Somebody, a_nik, somebody
from tests.support.seeds import chosen_seed
from tests.support.services import Bench

RUNS = int(os.environ.get("SIGAP_AID_WALKS", "100"))
PARTS = 2
"""A process for each, where there are two."""
AS_SYSTEM = system_principal("disbursement")
CASH = "1.1.01.03"


class Aid(RuleBasedStateMachine):
    """Up to four cases of at most three real persons, their lists, and a bank that says anything."""

    loop: asyncio.AbstractEventLoop
    office: Office

    def does(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run it on the loop of the service."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    @initialize()
    def begin(self) -> None:
        """Two persons, of whom one was caught twice."""
        self.cases: list[Somebody] = []
        self.niks = [a_nik(), a_nik()]
        self.nik_of: dict[UUID, str] = {}
        self.dead: set[int] = set()
        self.gone: set[int] = set()
        self.doubles: dict[int, int] = {}
        self.lists: set[str] = set()
        self.sent: dict[str, list[str]] = {}
        self.told: Counter[tuple[str, str, str]] = Counter()
        self.lines: set[tuple[str, str, str, int]] = set()
        self.references = 0
        for number in (0, 1, 0):
            self.is_caught(number)

    def is_caught(self, number: int) -> None:
        """A person with this number comes to the office, and a case asks for aid."""
        one = self.does(somebody(self.office, self.niks[number]))
        self.does(one.asks())
        self.nik_of[one.person_id] = self.niks[number]
        self.cases.append(one)

    @rule(number=st.integers(0, 1))
    def is_caught_again(self, number: int) -> None:
        """Known by the number alone."""
        if len(self.cases) < 4:
            self.is_caught(number)

    @rule(data=st.data(), what=st.sampled_from(["dies", "lives", "leaves", "is found"]))
    def happens(self, data: st.DataObject, what: str) -> None:
        """Something happens to the person of a case, or did not."""
        self.happens_to(data.draw(st.integers(0, len(self.cases) - 1)), what)

    def happens_to(self, at: int, what: str) -> None:
        """Told by casework, as of now."""
        one = self.cases[at]
        request = one.request.aid_request_id
        match what:
            case "dies":
                self.dead.add(at)
                self.does(one.tell(CaseOccurrenceRecorded(kind="DIED", told_by="rsud")))
            case "lives":
                self.dead.discard(at)
                self.does(one.tell(CaseOccurrenceRevoked(kind="DIED")))
            case "leaves":
                self.gone.add(at)
                self.does(one.tell(CaseAidHeld(aid_request_id=request, reason_code="ABSCONDED")))
            case _:
                self.gone.discard(at)
                self.does(one.tell(CaseAidReleased(aid_request_id=request, reason_code="FOUND_AGAIN")))

    @rule(data=st.data())
    def is_a_double_or_none(self, data: st.DataObject) -> None:
        """A case turns out to be another's double, or none after all."""
        at = data.draw(st.integers(0, len(self.cases) - 1))
        if at in self.doubles:
            parent = self.doubles.pop(at)
            fact: Any = CaseDuplicateUndone(parent_case_id=self.cases[parent].case.subject)
        else:
            parent = data.draw(st.integers(0, len(self.cases) - 1))
            if parent == at or parent in self.doubles or at in self.doubles.values():
                return
            self.doubles[at] = parent
            fact = CaseMarkedDuplicate(parent_case_id=self.cases[parent].case.subject)
        self.does(self.cases[at].tell(fact))

    @rule()
    def somebody_proposes(self) -> None:
        """All that waits, of these cases."""
        waiting = self.does(self._established())
        body = {"programme_code": PROGRAMME, "entitlement_ids": waiting}
        if waiting:
            answer = self.does(self.office.bench.client.post("/batches", json=body, headers=self.office.as_("budi")))
            assert answer.status_code in (201, 409), answer.text
            if answer.status_code == 201:
                self.lists.add(answer.json()["batch_id"])

    async def _established(self) -> list[str]:
        asked = [one.request.aid_request_id for one in self.cases]
        sql = "SELECT id FROM entitlements WHERE aid_request_id = ANY($1) AND state = 'established' ORDER BY id"
        return [str(row["id"]) for row in await self.office.bench.rows(sql, asked)]

    @rule(data=st.data(), who=st.sampled_from(["wati", "hadi"]), digest_is_old=st.booleans())
    def somebody_approves(self, data: st.DataObject, who: str, digest_is_old: bool) -> None:
        """With what the page shows, which may have changed meanwhile."""
        if self.lists:
            answer = self.does(self._approves(data.draw(st.sampled_from(sorted(self.lists))), who, digest_is_old))
            assert answer.status_code in (201, 403, 409), answer.text

    async def _approves(self, batch_id: str, who: str, digest_is_old: bool = False) -> Any:
        shown = await self.office.show(batch_id)
        digest = "0" * 64 if digest_is_old else shown["digest"]
        return await self.office.approve(shown, who, digest=digest, expected_version=shown["version"])

    @rule(data=st.data())
    def all_approve_and_the_file_leaves(self, data: st.DataObject) -> None:
        """The way that leads to the bank; what is in the file may be there."""
        if not self.lists - set(self.sent):
            self.somebody_proposes()
        waiting = sorted(self.lists - set(self.sent))
        if waiting:
            self.leaves(data.draw(st.sampled_from(waiting)))

    def leaves(self, batch_id: str) -> None:
        """Two people approve what the page shows, and the file is handed in."""
        lines = self.does(self._leaves(batch_id))
        if lines:
            self.sent[batch_id] = [line["payment_id"] for line in lines]
            forbidden = {self.cases[at].case.subject for at in range(len(self.cases)) if self._may_not_be_paid(at)}
            handed = {UUID(line["case_id"]) for line in lines}
            assert not handed & forbidden, "whoever was dead, held or a double went to the bank"

    async def _leaves(self, batch_id: str) -> list[dict[str, Any]]:
        for who in ("wati", "hadi"):
            await self._approves(batch_id, who)
        perform = self.office.bench.units.perform
        if await perform(partial(hand_in, UUID(batch_id)), principal=AS_SYSTEM) is None:
            return []
        await perform(partial(record_sent, UUID(batch_id), "0" * 64), principal=AS_SYSTEM)
        lines: list[dict[str, Any]] = (await self.office.show(batch_id))["lines"]
        return lines

    def _may_not_be_paid(self, at: int) -> bool:
        real = self._real_persons()
        is_dead = any(real[other] == real[at] for other in self.dead)
        return is_dead or at in self.gone or at in self.doubles

    def _real_persons(self) -> dict[int, int]:
        """Which cases are one person's: by number, and by doubles."""
        found = {at: at for at in range(len(self.cases))}
        ties = list(self.doubles.items())
        for at, one in enumerate(self.cases):
            ties += [
                (at, n) for n, o in enumerate(self.cases) if self.nik_of[o.person_id] == self.nik_of[one.person_id]
            ]
        for _ in self.cases:
            for one_at, other_at in ties:
                least = min(found[one_at], found[other_at])
                found[one_at] = found[other_at] = least
        return found

    @rule(
        data=st.data(),
        status=st.sampled_from(["CREDITED", "CREDITED", "CREDITED", "REJECTED", "REVERSED"]),
        amount=st.sampled_from([AMOUNT, AMOUNT, AMOUNT, AMOUNT - 2500, 2500]),
        is_told_again=st.booleans(),
    )
    def the_bank_says(self, data: st.DataObject, status: str, amount: int, is_told_again: bool) -> None:
        """One line about one payment that is with the bank.

        A line without a date that was told before is that line, whatever was told under its reference since: nobody
        can tell it from an old statement that is read again. That what stands differs from what is owed is a finding.
        """
        if not self.sent:
            return
        batch_id = data.draw(st.sampled_from(sorted(self.sent)))
        payment = data.draw(st.sampled_from(self.sent[batch_id]))
        self.references += 0 if is_told_again else 1
        reference = "" if status == "REJECTED" else f"{status[:3]}-{self.references}"
        if status == "REJECTED" and (payment, status, str(amount)) in self.told:
            return
        self.does(self.office.bank_tells(batch_id, [line_of(payment, amount, status, reference)]))
        if (payment, status, reference, amount) in self.lines:
            return
        self.lines.add((payment, status, reference, amount))
        credited = sum(moved for (p, _, _), moved in self.told.items() if p == payment)
        if status == "REJECTED":
            self.told[payment, status, str(amount)] = -min(amount, max(credited, 0))
        else:
            self.told[payment, status, reference] = amount if status == "CREDITED" else -amount

    @rule()
    def the_bank_pays_all(self) -> None:
        """Each payment that is with the bank and was never spoken of."""
        spoken_of = {payment for payment, _, _ in self.told}
        for batch_id, payments in sorted(self.sent.items()):
            references = {payment: f"ALL-{payment[:8]}" for payment in payments if payment not in spoken_of}
            lines = [line_of(payment, AMOUNT, "CREDITED", reference) for payment, reference in references.items()]
            self.does(self.office.bank_tells(batch_id, lines))
            for payment, reference in references.items():
                self.told[payment, "CREDITED", reference] = AMOUNT

    @rule()
    def somebody_looks(self) -> None:
        """At all that must hold at any time."""
        self.does(self._looks())

    def teardown(self) -> None:
        """Each walk ends with a look."""
        if hasattr(self, "sent"):
            self.somebody_looks()

    async def _looks(self) -> None:
        booked = 0
        real = self._real_persons()
        at_of = {one.case.subject: at for at, one in enumerate(self.cases)}
        credited: defaultdict[int, set[str]] = defaultdict(set)
        owned: set[str] = set()
        for batch_id in sorted(self.sent):
            for line in (await self.office.show(batch_id))["lines"]:
                if line["payment_state"] == "credited":
                    credited[real[at_of[UUID(line["case_id"])]]].add(line["payment_id"])
            owned |= {found["payment_id"] for found in await self._items(f"/findings?batch_id={batch_id}")}
            entries = await self._items(f"/batches/{batch_id}/entries")
            booked -= sum(p["amount_rupiah"] for entry in entries for p in entry["postings"] if p["account"] == CASH)
        for payments in credited.values():
            assert len(payments) < 2 or owned & payments, "one person was credited twice, and nobody has it"
        assert booked == sum(self.told.values()), "the bank moved rupiah that are not in the books"

    async def _items(self, url: str) -> list[dict[str, Any]]:
        answer = await self.office.bench.client.get(url, headers=self.office.as_("nur"))
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


def walk(office: Office, of: int) -> None:
    """A part of the walks."""
    machine = seed(chosen_seed(0) * PARTS + of)(type("Walk", (Aid,), {"office": office}))
    settled = settings(
        max_examples=RUNS // PARTS, stateful_step_count=14, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=settled)


@pytest.mark.parametrize("of", range(PARTS), ids=lambda of: f"part-{of}")
async def test_whatever_happens_in_whatever_order_nobody_is_paid_who_may_not_be(
    disbursement: Bench, office: Office, of: int
) -> None:
    Aid.loop = asyncio.get_running_loop()
    await asyncio.to_thread(walk, office, of)


@contextmanager
def holds_are_forgotten(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """A fact about aid that is on a list changes nothing."""
    patch.setattr(entitlements, "reach_of", lambda fact, place: entitlements.Reach.REMEMBER)
    yield


@contextmanager
def nobody_is_another(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each person is taken for somebody of their own."""

    async def alone(uow: Any, person_ids: Any) -> dict[UUID, RealPerson]:
        return {person: RealPerson(frozenset({person}), None) for person in person_ids}

    patch.setattr(persons, "real_persons", alone)
    yield


@contextmanager
def the_rest_is_not_booked(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """What nobody owed stands nowhere."""
    book = settling.book_movement

    async def only_what_is_owed(settlement: Any, command: Any, uow: Any) -> None:
        payment = settlement.payments[command.payment_id]
        if payment.credited_rupiah + command.moved_rupiah <= payment.owed_rupiah:
            await book(settlement, command, uow)

    patch.setattr("services.disbursement.batches.commands.book_movement", only_what_is_owed)
    yield


@pytest.mark.parametrize(
    ("variant", "breach"),
    [
        (holds_are_forgotten, "went to the bank"),
        (nobody_is_another, "credited twice"),
        (the_rest_is_not_booked, "not in the books"),
    ],
)
async def test_a_faulty_variant_is_caught(
    disbursement: Bench, office: Office, monkeypatch: pytest.MonkeyPatch, variant: Any, breach: str
) -> None:
    """On the shortest walk that leads there, by the same rules and invariants."""
    Aid.loop, Aid.office = asyncio.get_running_loop(), office

    def walk_there() -> None:
        aid = Aid()
        aid.begin()
        if variant is holds_are_forgotten:
            aid.happens_to(0, "dies")
        aid.somebody_proposes()
        for batch_id in sorted(aid.lists):
            aid.leaves(batch_id)
        aid.the_bank_pays_all()
        if variant is the_rest_is_not_booked:
            aid.told.clear()
            batch_id = min(aid.sent)
            aid.does(office.bank_says(batch_id, "CREDITED", bank_reference="TWICE"))
            lines = aid.does(office.show(batch_id))["lines"]
            aid.told["", "CREDITED", ""] = 2 * AMOUNT * len(lines)
        aid.somebody_looks()

    await asyncio.to_thread(walk_there)
    with variant(monkeypatch), pytest.raises(AssertionError, match=breach):
        await asyncio.to_thread(walk_there)
