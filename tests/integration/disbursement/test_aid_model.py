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
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

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
from tests.support.disbursement.office import AMOUNT, PROGRAMME, Office
from tests.support.disbursement.somebody import Somebody, a_nik, somebody
from tests.support.services import Bench

RUNS = int(os.environ.get("SIGAP_AID_WALKS", "20"))
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
        self.sent: set[str] = set()
        self.told: Counter[tuple[str, str, str]] = Counter()
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
        waiting = [self.does(one.entitlement()) for one in self.cases if self.does(one.stands()) == "established"]
        body = {"programme_code": PROGRAMME, "entitlement_ids": waiting}
        if waiting:
            answer = self.does(self.office.bench.client.post("/batches", json=body, headers=self.office.as_("budi")))
            assert answer.status_code in (201, 409), answer.text
            if answer.status_code == 201:
                self.lists.add(answer.json()["batch_id"])

    @rule(data=st.data(), who=st.sampled_from(["wati", "hadi"]), digest_is_old=st.booleans())
    def somebody_approves(self, data: st.DataObject, who: str, digest_is_old: bool) -> None:
        """With what the page shows, which may have changed meanwhile."""
        if self.lists:
            shown = self.does(self.office.show(data.draw(st.sampled_from(sorted(self.lists)))))
            changes = {"digest": "0" * 64} if digest_is_old else {}
            answer = self.does(self.office.approve(shown, who, **changes))
            assert answer.status_code in (201, 403, 409), answer.text

    @rule(data=st.data())
    def all_approve_and_the_file_leaves(self, data: st.DataObject) -> None:
        """The way that leads to the bank; what is in the file may be there."""
        if not set(self.lists) - self.sent:
            self.somebody_proposes()
        waiting = sorted(set(self.lists) - self.sent)
        if waiting:
            self.leaves(data.draw(st.sampled_from(waiting)))

    def leaves(self, batch_id: str) -> None:
        """Two people approve what the page shows, and the file is handed in."""
        for who in ("wati", "hadi"):
            self.does(self.office.approve(self.does(self.office.show(batch_id)), who))
        perform = self.office.bench.units.perform
        payments = self.does(perform(partial(hand_in, UUID(batch_id)), principal=AS_SYSTEM))
        if payments is None:
            return
        self.does(perform(partial(record_sent, UUID(batch_id), "0" * 64), principal=AS_SYSTEM))
        self.sent.add(batch_id)
        forbidden = {self.cases[at].case.subject for at in range(len(self.cases)) if self._may_not_be_paid(at)}
        handed = {UUID(line["case_id"]) for line in self.does(self.office.show(batch_id))["lines"]}
        assert not handed & forbidden, "whoever was dead, held or a double went to the bank"

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
        """One line about one payment that is with the bank."""
        if not self.sent:
            return
        batch_id = data.draw(st.sampled_from(sorted(self.sent)))
        line = data.draw(st.sampled_from(self.does(self.office.show(batch_id))["lines"]))
        payment = line["payment_id"]
        self.references += 0 if is_told_again else 1
        reference = "" if status == "REJECTED" else f"{status[:3]}-{self.references}"
        if status == "REJECTED" and (payment, status, str(amount)) in self.told:
            return
        self.does(self.office.bank_says(batch_id, status, only=payment, amount=amount, bank_reference=reference))
        credited = sum(moved for (p, _, _), moved in self.told.items() if p == payment)
        if status == "REJECTED":
            self.told[payment, status, str(amount)] = -min(amount, max(credited, 0))
        else:
            self.told[payment, status, reference] = amount if status == "CREDITED" else -amount

    @rule()
    def the_bank_pays_all(self) -> None:
        """Each payment that is with the bank and was never spoken of."""
        spoken_of = {payment for payment, _, _ in self.told}
        for batch_id in sorted(self.sent):
            for line in self.does(self.office.show(batch_id))["lines"]:
                payment = line["payment_id"]
                if payment not in spoken_of:
                    reference = f"ALL-{payment[:8]}"
                    self.does(self.office.bank_says(batch_id, "CREDITED", only=payment, bank_reference=reference))
                    self.told[payment, "CREDITED", reference] = AMOUNT

    @invariant()
    def one_credit_for_a_real_person(self) -> None:
        """Or somebody has it to decide, or decided."""
        real = self._real_persons()
        at_of = {one.case.subject: at for at, one in enumerate(self.cases)}
        credited: defaultdict[int, list[str]] = defaultdict(list)
        owned: set[str] = set()
        for batch_id in sorted(self.sent):
            for line in self.does(self.office.show(batch_id))["lines"]:
                if line["payment_state"] == "credited":
                    credited[real[at_of[UUID(line["case_id"])]]].append(line["payment_id"])
            answer = self.does(
                self.office.bench.client.get(f"/findings?batch_id={batch_id}", headers=self.office.as_("nur"))
            )
            owned |= {found["payment_id"] for found in answer.json()["items"]}
        for payments in credited.values():
            assert len(payments) < 2 or owned & set(payments), "one person was credited twice, and nobody has it"

    @invariant()
    def every_rupiah_is_in_the_books(self) -> None:
        """What the bank moved is what the cash lost."""
        booked = 0
        for batch_id in sorted(self.sent):
            url = f"/batches/{batch_id}/entries"
            entries = self.does(self.office.bench.client.get(url, headers=self.office.as_("nur"))).json()["items"]
            booked -= sum(p["amount_rupiah"] for e in entries for p in e["postings"] if p["account"] == CASH)
        assert booked == sum(self.told.values()), "the bank moved rupiah that are not in the books"


def walk(office: Office, runs: int) -> None:
    """So many walks, the same each time."""
    machine = type("Walk", (Aid,), {"office": office})
    settled = settings(
        max_examples=runs, stateful_step_count=14, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=settled)


async def test_whatever_happens_in_whatever_order_nobody_is_paid_who_may_not_be(
    disbursement: Bench, office: Office
) -> None:
    Aid.loop = asyncio.get_running_loop()
    await asyncio.to_thread(walk, office, RUNS)


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
        aid.one_credit_for_a_real_person()
        aid.every_rupiah_is_in_the_books()

    await asyncio.to_thread(walk_there)
    with variant(monkeypatch), pytest.raises(AssertionError, match=breach):
        await asyncio.to_thread(walk_there)
