"""Every fact that a service hears has its word for each state of its receiver: nothing is dropped quietly."""

import pytest

from services.casework.subscriptions import SUBSCRIPTIONS as CASEWORK
from services.disbursement.entitlements.domain import Fact, Place, reach_of
from services.disbursement.subscriptions import SUBSCRIPTIONS as DISBURSEMENT
from services.intake.subscriptions import SUBSCRIPTIONS as INTAKE
from services.notifications.subscriptions import SUBSCRIPTIONS as NOTIFICATIONS
from tests.support.facts_heard import TABLE, Word, written_down

HEARD = {"intake": INTAKE, "casework": CASEWORK, "disbursement": DISBURSEMENT, "notifications": NOTIFICATIONS}


@pytest.mark.parametrize("service", HEARD)
def test_what_a_service_hears_is_what_is_written_down(service: str) -> None:
    assert written_down(service).keys() == HEARD[service].keys()


def test_only_the_timeline_keeps_what_nobody_acts_on() -> None:
    for kind, cells in written_down("casework").items():
        if CASEWORK[kind].__name__ == "when_anything_happens_record_in_timeline":
            assert cells == {"any": Word.REMEMBER}, kind


def test_whatever_is_foreign_says_why() -> None:
    for line in TABLE.read_text().splitlines():
        if not line.startswith("#") and Word.FOREIGN in line.split("#")[0].split():
            assert "#" in line, line


PLACES = {
    "unknown": Place.UNKNOWN, "established": Place.WAITING, "batched": Place.LISTED, "held": Place.HELD,
    "returned": Place.RETURNED, "sent": Place.AT_THE_BANK, "paid": Place.PAID, "refused": Place.REFUSED,
    "ended": Place.ENDED,
}  # fmt: skip
OF_AID = {
    "casework.case.aid_held.v1": Fact.HOLD,
    "casework.case.aid_ended.v1": Fact.END,
    "casework.case.aid_released.v1": Fact.LET_GO,
    "casework.case.marked_duplicate.v1": Fact.END,
}


@pytest.mark.parametrize("kind", OF_AID)
def test_what_is_said_of_aid_reaches_it_as_the_table_says(kind: str) -> None:
    for state, word in written_down("disbursement")[kind].items():
        if kind == "casework.case.aid_released.v1" and state == "ended":
            continue
        reach = reach_of(OF_AID[kind], PLACES[state])
        assert reach.value.lower() == (Word.REMEMBER if word is Word.DUPLICATE else word), (state, reach)
