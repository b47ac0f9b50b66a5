"""What becomes of open items when reality changes: each cell of the table, and what can be told."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest

from services.casework.case.occurrences import access, domain
from services.casework.case.occurrences.domain import (
    DISPOSITION_TABLE,
    RECORDABLE,
    Disposition,
    Item,
    Occurrence,
    OpenItem,
    Parties,
    consequences,
    disposition_of,
    item_of,
)
from services.casework.case.occurrences.pages import DISPOSITIONS, ITEMS, KINDS
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs.domain import HandoffState
from services.chassis.errors import NotFound
from services.chassis.principal import Principal, system_principal

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

CELLS = """
                | NOT_ACCEPTED          | ACCEPTED         | IN_PROGRESS | AID             | VISIT           | CUSTODY | TASK | SERVICE | CONDITION
DIED            | EXPIRES               | EXPIRES_AND_NOTIFIED | FAILS       | HELD            | ENDS            | STAYS_UNTIL_BURIAL | ENDS | ENDS | ENDS
ABSCONDED       | EXPIRES_UNLESS_SEARCH | EXPIRES_AND_NOTIFIED | FAILS       | HELD            | PAUSED          | CLOSES_AS_UNKNOWN | PAUSED | PAUSED | ENDS
FOUND_AGAIN     | NEW_REQUEST_PROPOSED  | NOTHING          | MAY_REOPEN  | RELEASED        | RESUMED         | NEW_ROW | RESUMED | RESUMED | GOES_ON
NOT_THIS_TYPE   | EXPIRES               | RECEIVER_ASKED   | GOES_ON     | RECHECKED       | REPLACED        | UNCHANGED | ENDS | ENDS | GOES_ON
SENT_ON         | EXPIRES               | RECEIVER_ASKED   | GOES_ON     | GOES_ALONG      | HANDED_ON       | MOVES_BY_SIGNATURE | GOES_ON | GOES_ON | GOES_ON
IDENTITY_MERGED | JOINED                | JOINED           | JOINED      | RECHECKED       | JOINED          | RESOLVE_FIRST | JOINED | JOINED | JOINED
SERVICE_ENDED   | MUST_BE_EMPTY         | MUST_BE_EMPTY    | MUST_BE_EMPTY | MUST_BE_DECIDED | GOES_ON       | MUST_BE_EMPTY | GOES_ON | ENDS | GOES_ON
CLOSING         | BLOCKS                | BLOCKS           | BLOCKS      | BLOCKS          | MUST_BE_DECIDED | BLOCKS | BLOCKS | MUST_BE_DECIDED | GOES_ON
FORCED_CLOSING  | DISPOSITION_CHOSEN    | DISPOSITION_CHOSEN | DISPOSITION_CHOSEN | DISPOSITION_CHOSEN | DISPOSITION_CHOSEN | NEVER_FORCED | DISPOSITION_CHOSEN | ENDS | GOES_ON
"""  # noqa: E501
HEAD, *ROWS = [[cell.strip() for cell in line.split("|")] for line in CELLS.strip("\n").splitlines()]
TOLD = [(row[0], item, disposition) for row in ROWS for item, disposition in zip(HEAD[1:], row[1:], strict=True)]


@pytest.mark.parametrize(("occurrence", "item", "disposition"), TOLD, ids=lambda value: str(value))
def test_an_open_item_meets_the_disposition_that_the_table_tells(occurrence: str, item: str, disposition: str) -> None:
    assert disposition_of(Occurrence(occurrence), Item(item)) == Disposition(disposition)


def test_the_table_is_whole() -> None:
    assert len(TOLD) == len(Occurrence) * len(Item) == 81
    assert set(DISPOSITION_TABLE) == set(Occurrence)


@pytest.mark.parametrize(
    ("state", "held", "item"),
    [
        (HandoffState.DRAFT, None, Item.NOT_ACCEPTED),
        (HandoffState.REQUESTED, None, Item.NOT_ACCEPTED),
        (HandoffState.RECEIVED, None, Item.NOT_ACCEPTED),
        (HandoffState.CONDITIONAL, None, Item.ACCEPTED),
        (HandoffState.ACCEPTED, None, Item.ACCEPTED),
        (HandoffState.ARRIVED, None, Item.IN_PROGRESS),
        (HandoffState.IN_PROGRESS, None, Item.IN_PROGRESS),
        (HandoffState.ON_HOLD, HandoffState.RECEIVED, Item.NOT_ACCEPTED),
        (HandoffState.ON_HOLD, HandoffState.ACCEPTED, Item.ACCEPTED),
        (HandoffState.ON_HOLD, HandoffState.IN_PROGRESS, Item.IN_PROGRESS),
    ],
)
def test_a_hand_off_stands_in_one_column(state: HandoffState, held: HandoffState | None, item: Item) -> None:
    assert item_of(state, held) == item


@pytest.mark.parametrize(
    ("purpose", "disposition"),
    [(p, Disposition.GOES_ON if p in domain.SEARCHES else Disposition.EXPIRES) for p in Purpose],
)
def test_who_absconded_is_still_searched_for(purpose: Purpose, disposition: Disposition) -> None:
    asked = OpenItem(Item.NOT_ACCEPTED, uuid4(), purpose.value, "desa")
    found, search = consequences(Occurrence.ABSCONDED, [asked], Parties("office"))
    assert found.disposition == disposition
    assert (search.name, search.party, search.disposition) == ("SEARCH_PERSON", "office", Disposition.OPENED)


@pytest.mark.parametrize(
    ("occurrence", "item", "disposition"),
    [
        ("FOUND_AGAIN", OpenItem(Item.VISIT, uuid4(), "AFTERCARE_VISIT", "a"), "GOES_ON"),
        ("FOUND_AGAIN", OpenItem(Item.VISIT, uuid4(), "AFTERCARE_VISIT", "a", is_paused=True), "RESUMED"),
        ("FOUND_AGAIN", OpenItem(Item.IN_PROGRESS, uuid4(), "INPATIENT_BED", "a"), "GOES_ON"),
        ("FOUND_AGAIN", OpenItem(Item.IN_PROGRESS, uuid4(), "INPATIENT_BED", "a", is_lost=True), "MAY_REOPEN"),
        ("FOUND_AGAIN", OpenItem(Item.TASK, uuid4(), "SEARCH_PERSON", "a"), "ENDS"),
        ("NOT_THIS_TYPE", OpenItem(Item.TASK, uuid4(), "SEARCH_PERSON", "a"), "GOES_ON"),
        ("DIED", OpenItem(Item.TASK, uuid4(), "SEARCH_PERSON", "a"), "ENDS"),
        ("DIED", OpenItem(Item.TASK, uuid4(), "AID_DECISION", "a"), "GOES_ON"),
        ("DIED", OpenItem(Item.TASK, uuid4(), "PHONE_CALL", "a"), "ENDS"),
        ("ABSCONDED", OpenItem(Item.TASK, uuid4(), "PHONE_CALL", "a"), "ENDS"),
        ("NOT_THIS_TYPE", OpenItem(Item.TASK, uuid4(), "PHONE_CALL", "a"), "GOES_ON"),
        ("SENT_ON", OpenItem(Item.ACCEPTED, uuid4(), "INPATIENT_BED", "a"), "RECEIVER_ASKED"),
        ("SENT_ON", OpenItem(Item.ACCEPTED, uuid4(), "INSURANCE", "a", is_conditional=True), "EXPIRES_AND_NOTIFIED"),
    ],
)  # fmt: skip
def test_an_item_that_the_table_does_not_mean_is_left(occurrence: str, item: OpenItem, disposition: str) -> None:
    assert consequences(Occurrence(occurrence), [item], Parties("o"))[0].disposition == disposition


@pytest.mark.parametrize(
    ("visitor", "opened"),
    [("puskesmas", ("MEDICINE_CONTINUITY", "puskesmas", "ASKED")), ("", ("CASE_CONFERENCE", "o", "OPENED"))],
)
def test_visits_of_whoever_is_sent_on_are_handed_to_somebody(visitor: str, opened: tuple[str, str, str]) -> None:
    visit = OpenItem(Item.VISIT, uuid4(), "AFTERCARE_VISIT", "a")
    handed, asked = consequences(Occurrence.SENT_ON, [visit], Parties("o", visitor))
    assert handed.disposition == "HANDED_ON"
    assert (asked.id, asked.name, asked.party, asked.disposition) == (None, *opened)
    assert not consequences(Occurrence.SENT_ON, [], Parties("o", visitor)), "without visits nobody is asked"


@pytest.mark.parametrize(
    ("outcome", "gone", "tellable"),
    [
        (None, False, {"DIED", "ABSCONDED", "NOT_THIS_TYPE", "SENT_ON"}),
        (None, True, {"DIED", "FOUND_AGAIN", "NOT_THIS_TYPE", "SENT_ON"}),
        ("DECEASED", False, {"REVOKE"}),
        ("REUNIFIED", False, {"DIED", "ABSCONDED", "NOT_THIS_TYPE", "SENT_ON"}),
    ],
)
def test_only_what_fits_what_is_known_can_be_told(outcome: str | None, gone: bool, tellable: set[str]) -> None:
    for kind in RECORDABLE:
        if kind.value in tellable:
            domain.check_told(kind, outcome, gone)
            continue
        with pytest.raises(domain.OccurrenceIsTold) as refused:
            domain.check_told(kind, outcome, gone)
        assert set(refused.value.legal_now) == tellable


SYSTEM = system_principal("casework")
OF_THE_OFFICE = Principal("staff:x", "dinsos", frozenset({"caseworker"}), ("35.24",))
HOSPITAL = Principal("agency:rs", "rs", frozenset({"agency"}), ("35.24",))


@pytest.mark.parametrize(
    ("principal", "custodian", "told"),
    [
        (SYSTEM, None, RECORDABLE),
        (OF_THE_OFFICE, "rs", RECORDABLE),
        (HOSPITAL, "rs", {"DIED", "ABSCONDED"}),
        (replace(OF_THE_OFFICE, agency="rs"), "rs", {"DIED", "ABSCONDED"}),
        (replace(HOSPITAL, agency="dinsos"), "dinsos", {"DIED", "ABSCONDED"}),
    ],
)
def test_the_office_tells_everything_and_a_custodian_what_it_sees(
    principal: Principal, custodian: str | None, told: set[str]
) -> None:
    assert access.tellable(principal, "dinsos", custodian, knows_the_case=False) == told


@pytest.mark.parametrize(("knows", "refusal"), [(True, access.PersonIsNotWithYou), (False, NotFound)])
@pytest.mark.parametrize("custodian", [None, "puskesmas"])
def test_whoever_does_not_have_the_person_tells_nothing(
    knows: bool, refusal: type[Exception], custodian: str | None
) -> None:
    with pytest.raises(refusal):
        access.tellable(HOSPITAL, "dinsos", custodian, knows_the_case=knows)


def test_a_custodian_speaks_for_itself_and_of_what_it_sees() -> None:
    mine = access.CUSTODIANS_TELL
    for told_by in (None, "rs"):
        access.check_teller(Occurrence.DIED, mine, told_by, HOSPITAL)
    with pytest.raises(access.OfficeTellsThis):
        access.check_teller(Occurrence.NOT_THIS_TYPE, mine, None, HOSPITAL)
    with pytest.raises(access.PersonIsNotWithYou):
        access.check_teller(Occurrence.DIED, mine, "puskesmas", HOSPITAL)
    access.check_teller(Occurrence.CLOSING, RECORDABLE, "puskesmas", OF_THE_OFFICE)


def test_a_custodian_is_shown_what_concerns_it() -> None:
    lines = [domain.Consequence(Item.VISIT, None, "x", party, Disposition.ENDS) for party in ("rs", "dinsos")]
    assert access.shown(HOSPITAL, "dinsos", lines) == lines[:1]
    assert access.shown(OF_THE_OFFICE, "dinsos", lines) == access.shown(SYSTEM, "dinsos", lines) == lines


@pytest.mark.parametrize(("outcome", "gone", "legal"), [("DECEASED", False, []), (None, True, ["DIED"])])
def test_a_custodian_is_told_what_it_can_tell_instead(outcome: str | None, gone: bool, legal: list[str]) -> None:
    with pytest.raises(domain.OccurrenceIsTold) as refused:
        domain.check_told(Occurrence.ABSCONDED, outcome, gone, access.CUSTODIANS_TELL)
    assert list(refused.value.legal_now) == legal


@pytest.mark.parametrize("kind", sorted(set(Occurrence) - RECORDABLE))
def test_what_follows_from_other_acts_is_not_recorded_here(kind: Occurrence) -> None:
    with pytest.raises(domain.OccurrenceIsNotTold):
        domain.check_told(kind, None, False)


def test_comings_and_goings_are_read_in_order() -> None:
    assert not domain.is_gone([])
    assert domain.is_gone(["ABSCONDED"])
    assert not domain.is_gone(["ABSCONDED", "FOUND_AGAIN"])
    assert domain.is_gone(["ABSCONDED", "FOUND_AGAIN", "SENT_ON", "ABSCONDED", "SENT_ON"])


def test_every_code_of_the_page_has_its_words() -> None:
    assert set(DISPOSITIONS) == {disposition.value for disposition in Disposition}
    assert set(ITEMS) == {item.value for item in Item}
    assert set(KINDS) == {kind.value for kind in RECORDABLE}


@pytest.mark.parametrize(
    ("told", "revoked", "ended"),
    [
        (["DIED"], 0, None),
        (["ABSCONDED", "DIED"], 1, "ABSCONDED"),
        (["ABSCONDED", "FOUND_AGAIN", "DIED"], 2, None),
        (["NOT_THIS_TYPE", "DIED"], 1, "NOT_ODGJ"),
        (["SENT_ON", "DIED"], 1, None),
        (["SENT_ON", "DIED"], None, "DECEASED"),
    ],
)
def test_what_stands_after_a_revocation_says_how_the_service_ended(
    told: list[str], revoked: int | None, ended: str | None
) -> None:
    rows = [
        SimpleNamespace(id=uuid4(), kind=kind, revoked_at=NOW if at == revoked else None)
        for at, kind in enumerate(told)
    ]
    found = domain.ended_by(domain.standing_of(rows), "ODGJ_TERLANTAR")
    assert (found[0].code if found else None) == ended
    last = domain.last_standing(rows)
    assert (last.kind if last else None) == next((r.kind for r in reversed(rows) if r.revoked_at is None), None)
