"""What leaves with a hand-off: every pair of purpose and kind, every reader, and nothing that is not in the table."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.envelope import Event
from contracts.events import casework as events
from services.casework.handoff.disclosures import access, domain
from services.casework.handoff.disclosures.domain import (
    DISCLOSURES,
    MINIMUM,
    AgencyKind,
    Letter,
    PersonField,
    Purpose,
    Reader,
)
from services.casework.handoff.handoffs import facts
from services.casework.handoff.handoffs.tables import Handoff
from services.chassis.principal import Principal
from services.intake.persons.domain import Description
from tests.support.casework.reviewed_disclosures import ALLOWED

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PAIRS = list(product(Purpose, AgencyKind))

LAWS = (
    "UU 17/2023", "PP 28/2024", "PP 39/2012", "PP 31/1980", "UU 23/2014", "PP 2/2018", "UU 24/2013",
    "Permendagri 102/2019", "Permensos 3/2026", "UU 35/2014", "PP 78/2021", "Permensos 4/2020",
)  # fmt: skip
SENDER, RECEIVER = "dinsos-uji", "penerima-uji"


@pytest.mark.parametrize(("purpose", "kind"), PAIRS)
def test_no_field_leaves_that_nobody_reviewed(purpose: Purpose, kind: AgencyKind) -> None:
    seen = domain.fields_for(Reader(RECEIVER, kind), purpose, kind, SENDER, apparent_minor=False)
    due = ALLOWED.get((purpose, kind), set())
    assert set(seen) == due
    child = domain.fields_for(Reader(RECEIVER, kind), purpose, kind, SENDER, apparent_minor=True)
    assert set(child) == due, "who cares for a child may know their name"


@pytest.mark.parametrize(
    ("purpose", "kind"), [*product(Purpose, ["", "BPBD", "order_police"]), ("UNHEARD_OF", "PANTI")]
)
def test_a_pair_nobody_reviewed_gets_the_pseudonymous_ids_and_nothing_else(purpose: str, kind: str) -> None:
    assert domain.entry_for(purpose, kind) is domain.NOTHING
    assert domain.fields_for(Reader(RECEIVER, kind), purpose, kind, SENDER, apparent_minor=False) == ()
    assert not set(MINIMUM) & set(PersonField)


@pytest.mark.parametrize("pair", DISCLOSURES, ids="-".join)
def test_every_entry_names_the_law_on_which_it_stands(pair: tuple[Purpose, AgencyKind]) -> None:
    entry = DISCLOSURES[pair]
    assert entry.basis
    for citation in entry.basis:
        assert citation.startswith(LAWS), citation
    assert entry.letter in set(Letter)


def test_only_fields_that_intake_seals_can_leave_and_guesses_for_health_purposes_alone() -> None:
    assert set(PersonField) == set(Description().sealed_fields()) | {"said_sex"}
    guessed = {"approximate_age_years", "said_sex"}
    health = {"EMERGENCY_CARE", "HEALTH_SCREENING", "INPATIENT_BED"}
    assert {purpose for (purpose, _), fields in ALLOWED.items() if fields & guessed} == health


@pytest.mark.parametrize(("purpose", "to_kind"), PAIRS)
def test_the_order_police_never_reads_the_name_of_a_child(purpose: Purpose, to_kind: AgencyKind) -> None:
    post = Reader("satpolpp-uji", AgencyKind.ORDER_POLICE)
    for sender in (post.agency, SENDER):
        child = domain.fields_for(post, purpose, to_kind, sender, apparent_minor=True)
        adult = domain.fields_for(post, purpose, to_kind, sender, apparent_minor=False)
        assert "name" not in child
        assert set(adult) - set(child) <= {"name"}


@pytest.mark.parametrize(
    ("kind", "reads_name"), [("VILLAGE", False), ("HOSPITAL", False), ("", False), ("SOCIAL_OFFICE", True)]
)
def test_whoever_gave_a_child_away_does_not_read_the_name_afterwards_but_the_office_does(
    kind: str, reads_name: bool
) -> None:
    giver = Reader("pemberi-uji", kind)
    seen = domain.fields_for(giver, Purpose.CUSTODY_TRANSFER, "SOCIAL_OFFICE", giver.agency, apparent_minor=True)
    assert ("name" in seen) is reads_name
    other_purpose = domain.fields_for(giver, Purpose.FAMILY_TRACING, "VILLAGE", giver.agency, apparent_minor=True)
    assert "name" in other_purpose


@pytest.mark.parametrize("role", ["auditor", "operator"])
def test_whoever_keeps_the_books_or_the_systems_reads_no_value(role: str) -> None:
    assert not access.may_read_values(Principal("staff:x", SENDER, frozenset({role}), ("91.99",)))


def test_who_read_a_disclosure_is_for_its_sender_and_the_auditors_of_the_office() -> None:
    def caller(agency: str, role: str) -> Principal:
        return Principal("staff:x", agency, frozenset({role}), ("91.99",))

    access.check_may_see_readers(caller(SENDER, "agency"), SENDER)
    access.check_may_see_readers(caller("dinsos-uji", "auditor"), "rsud-uji")
    for stranger in (caller(RECEIVER, "agency"), caller(RECEIVER, "desk-officer"), caller("lain", "caseworker")):
        with pytest.raises(access.ReadersAreNotYours):
            access.check_may_see_readers(stranger, SENDER)


@dataclass
class Copy:
    """Our copy of a person."""

    identity_status: str = "CLAIMED"
    apparent_minor: bool = False
    sealed: bytes | None = b"ciphertext"
    sequence: int = 1


def handoff(purpose: str = "INPATIENT_BED", **more: Any) -> Handoff:
    values: dict[str, Any] = {
        "id": UUID(int=1), "district": "91.99", "correlation_id": UUID(int=2), "about_kind": "case",
        "about_id": UUID(int=3), "person_id": UUID(int=4), "group_id": UUID(int=5), "candidate_no": 1,
        "purpose": purpose, "state": "requested", "from_agency": SENDER, "to_agency": RECEIVER, "to_desk": "meja",
        "promise_holder": SENDER, "requested_at": NOW, "result_code": "DONE", "ba_number": "BA/1",
        "reason_code": "FULL", "due_at": NOW, "version": 1,
    }  # fmt: skip
    return Handoff(**values | more)


@pytest.mark.parametrize(
    "other",
    [Copy(sequence=2), Copy(sealed=b"other"), Copy(apparent_minor=True), Copy(identity_status="MATCHED"), None],
)
def test_the_digest_is_the_same_for_the_same_state_and_another_for_another(other: Copy | None) -> None:
    first = domain.outgoing(handoff(), "HOSPITAL", Copy())
    assert first == domain.outgoing(handoff(), "HOSPITAL", replace(Copy()))
    assert first.digest != domain.outgoing(handoff(), "HOSPITAL", other).digest
    assert first.digest != domain.outgoing(handoff(id=uuid4()), "HOSPITAL", Copy()).digest


def test_the_digest_is_that_of_the_canonical_rendering() -> None:
    rendering = (
        '{"basis":["PP 39/2012","PP 2/2018"],"fields":["features","name"],'
        '"handoff_id":"00000000-0000-0000-0000-000000000001",'
        '"person":{"apparent_minor":false,"identity_status":"CLAIMED",'
        '"sealed_digest":"305531dcc50ebca31cf1d5b31e9fc76ed51f66b3b6dd5a030c6539ae6532f979","sequence":1},'
        '"person_id":"00000000-0000-0000-0000-000000000004","purpose":"FAMILY_TRACING","to_agency":"penerima-uji"}'
    )
    found = domain.outgoing(handoff("FAMILY_TRACING"), "VILLAGE", Copy())
    assert found.digest == hashlib.sha256(rendering.encode()).hexdigest()
    unknown = re.sub(r'"person":{.*?}', '"person":null', rendering)
    assert domain.outgoing(handoff("FAMILY_TRACING"), "VILLAGE", None).digest == (
        hashlib.sha256(unknown.encode()).hexdigest()
    )


def test_a_person_of_whom_nothing_is_known_yet_is_a_child_until_proven_otherwise() -> None:
    found = domain.outgoing(handoff("CUSTODY_TRANSFER", from_agency="satpolpp-uji"), "SOCIAL_OFFICE", None)
    assert set(found.fields) == {"name", "features"}, "the social office cares for the child"
    assert found.person_sequence is None


PERSONAL = {field.value for field in PersonField} | {"approximate_age_years", "diagnosis", "sex", "phone", "address"}


@pytest.mark.parametrize("purpose", Purpose)
def test_no_name_and_no_diagnosis_stands_in_a_feed_item(purpose: Purpose) -> None:
    item = facts.feed_item(handoff(purpose), "requested", NOW)
    assert not set(item) & PERSONAL
    assert not [key for key in item if "name" in key or "diagnos" in key]


def test_no_event_of_casework_has_a_personal_field() -> None:
    kinds = [kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Event)]
    assert len(kinds) > 10
    for kind in kinds:
        assert not set(kind.model_fields) & PERSONAL, kind
