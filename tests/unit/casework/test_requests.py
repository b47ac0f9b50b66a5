"""Whom a case can ask: the pack's order first, nobody who would be told nothing, no child where only adults are."""

from dataclasses import replace

import pytest

from services.casework.case.requests.domain import Asked, offers, purposes_of
from services.casework.handoff.disclosures.domain import Purpose
from tests.support.packs.in_force import quick_pack

PACK = quick_pack()
ASKED = Asked("35.24.17.2001", "dinsos-lamongan", is_minor=False)


def test_what_the_pack_gives_a_time_to_can_be_asked_for() -> None:
    found = purposes_of(PACK)
    assert Purpose.HEALTH_SCREENING in found
    assert [purpose.value for purpose in found] == sorted(
        {rule.purpose for rule in PACK.sla_rules}, key=[one.value for one in Purpose].index
    )


@pytest.mark.parametrize("purpose", purposes_of(PACK))
def test_the_packs_candidates_stand_first_in_its_order_and_nobody_twice(purpose: Purpose) -> None:
    found = offers(PACK, purpose, ASKED)
    proposed = [code for code in PACK.candidates_for(purpose.value, ASKED.village_code) if code != ASKED.holder]
    assert [offer.agency for offer in found][: len(proposed)] == proposed
    assert [offer.agency for offer in found if offer.is_proposed] == proposed
    assert len({offer.agency for offer in found}) == len(found)
    assert ASKED.holder not in {offer.agency for offer in found}


def test_a_hospital_is_shown_what_admits_somebody_and_by_which_law() -> None:
    soegiri = next(offer for offer in offers(PACK, Purpose.INPATIENT_BED, ASKED) if offer.agency == "rsud-soegiri")
    assert soegiri.fields == ("approximate_age_years", "birth_date", "name", "nik", "said_sex")
    assert soegiri.basis == ("UU 17/2023 pasal 74–85", "PP 28/2024 pasal 161–162")
    assert soegiri.letter == "REFERRAL_LETTER"


def test_nobody_of_a_kind_that_would_be_told_nothing_is_offered_beside_the_packs_own() -> None:
    kinds = {PACK.kind_of(offer.agency) for offer in offers(PACK, Purpose.INPATIENT_BED, ASKED)}
    assert kinds <= {"HOSPITAL", "MENTAL_HOSPITAL"}


def test_a_child_is_offered_to_nobody_who_takes_adults_only() -> None:
    closed = next(offer.agency for offer in offers(PACK, Purpose.INPATIENT_BED, ASKED))
    agencies = tuple(agency.model_copy(update={"adults_only": agency.code == closed}) for agency in PACK.agencies)
    pack = PACK.model_copy(update={"agencies": agencies})
    child = replace(ASKED, is_minor=True)
    assert closed in {offer.agency for offer in offers(pack, Purpose.INPATIENT_BED, ASKED)}
    assert closed not in {offer.agency for offer in offers(pack, Purpose.INPATIENT_BED, child)}
