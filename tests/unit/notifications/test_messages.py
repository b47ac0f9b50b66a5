"""A message's states, its one id, and whom it finds."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from services.casework.office.directory.domain import CaseworkPack
from services.notifications.messages import domain
from services.notifications.messages.commands import NotifyOfFact
from services.notifications.messages.domain import MessageState, Move
from services.notifications.subscribers.domain import (
    Subscriber,
    SubscriberKind,
    find_duty_phone,
    find_office,
    find_place,
    masked,
)
from services.notifications.templates.domain import NotificationsPack, Occasion, Recipient
from services.notifications.wiring import SERVICE
from tests.support import golden

GOLDEN = golden.moves(
    """
    pending: address→pending skip→skipped send→sent fail→failed
    sent: deliver→delivered fail→failed
    """
)


def test_a_message_moves_as_written_down() -> None:
    golden.judge(
        GOLDEN, MessageState, Move, domain.next_state, refused=domain.MessageCannotMove, says=domain.legal_moves,
    )  # fmt: skip


def test_every_duty_telephone_of_a_roster_has_its_number() -> None:
    folder = Path("deploy/districts/35.24-lamongan")
    roster = CaseworkPack.model_validate(yaml.safe_load((folder / "casework.yaml").read_text()))
    told = NotificationsPack.model_validate(yaml.safe_load((folder / "notifications.yaml").read_text()))
    carried = [
        (agency.code, phone) for agency in roster.agencies for desk in agency.desks for phone in desk.duty_phones
    ]
    assert len(carried) == 2
    assert all(find_duty_phone(told.subscribers, agency, phone) for agency, phone in carried)


def test_a_fact_has_one_message_per_recipient_and_text() -> None:
    fact = uuid4()
    ids = {domain.message_id(fact, recipient, text) for recipient in Recipient for text in ("a.b", "c.d")}
    assert len(ids) == 2 * len(Recipient)
    assert domain.message_id(fact, Recipient.REPORTER, "a.b") in ids
    assert domain.message_id(fact, Recipient.RECEIVER, "a.b", "piket-1") not in ids


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        ("ODGJ/35.24/2026/000123", "35.24/2026/000123"),
        ("GPG-35.24-7", "35.24-7"),
        ("35.24/2026/1", "35.24/2026/1"),
    ],
)
def test_a_case_number_is_spoken_without_its_case_type(number: str, spoken: str) -> None:
    assert domain.spoken_number(number) == spoken


def subscriber(kind: SubscriberKind, code: str, phone: str) -> Subscriber:
    """An office's number."""
    return Subscriber(kind=kind, code=code, name=code, phone=phone)


OFFICES = [
    subscriber(SubscriberKind.DESK, "rsj-lawang", "+6281200000001"),
    subscriber(SubscriberKind.HEAD, "rsj-lawang", "+6281200000002"),
    subscriber(SubscriberKind.PLACE, "35.24.17", "+6281200000003"),
    subscriber(SubscriberKind.PLACE, "35.24.17.2007", "+6281200000004"),
]


def test_an_office_is_found_by_kind_and_code_a_place_by_the_nearest() -> None:
    def phone(found: Subscriber | None) -> str:
        return found.phone[-1] if found else ""

    assert phone(find_office(OFFICES, SubscriberKind.DESK, "rsj-lawang")) == "1"
    assert phone(find_office(OFFICES, SubscriberKind.HEAD, "rsj-lawang")) == "2"
    assert find_office(OFFICES, SubscriberKind.DESK, "") is None
    assert phone(find_place(OFFICES, "35.24.17.2007")) == "4"
    assert phone(find_place(OFFICES, "35.24.17.2001")) == "3"
    assert find_place(OFFICES, "35.24.01.2001") is None


def test_the_sekda_and_the_inspectorate_are_the_districts_own() -> None:
    told = NotifyOfFact(
        Occasion.HANDOFF_ESCALATED, uuid4(), uuid4(), "35.24", datetime.now(UTC), sender="a", receiver="b"
    )
    for recipient, kind in (
        (Recipient.SECRETARIAT, SubscriberKind.SECRETARIAT),
        (Recipient.INSPECTORATE, SubscriberKind.INSPECTORATE),
    ):
        offices = [*OFFICES, subscriber(kind, "35.24", "+6281200000008")]
        found = find_office(offices, domain.kind_of(recipient), told.agency_for(recipient))
        assert found is not None
        assert found.kind is kind
        assert find_office(OFFICES, domain.kind_of(recipient), told.agency_for(recipient)) is None


def test_a_masked_number_cannot_be_called() -> None:
    assert masked("+6281200000009") == "+6281*******09"


def test_messages_are_open_to_these_roles_and_to_no_other() -> None:
    assert SERVICE.policy["message:read"] == {"operator", "auditor", "caseworker", "section-head"}
