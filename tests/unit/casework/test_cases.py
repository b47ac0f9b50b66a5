"""Cases: moves, blockers, numbers; a pack that hangs together."""

from itertools import product

import pytest

from contracts.topics import event_types
from services.casework.cases import domain
from services.casework.cases.domain import MOVES, CaseState
from services.casework.directory.commands import check_pack
from services.casework.directory.domain import AgencyIsUnknown
from services.casework.story.domain import TEXTS, tell
from tests.support.packs import LAMONGAN_PACK, casework_pack


@pytest.mark.parametrize(("state", "move"), list(product(CaseState, {move for _, move in MOVES})))
def test_every_pair_of_state_and_move_of_a_case(state: CaseState, move: str) -> None:
    if (state, move) in MOVES:
        assert domain.next_state(state, move) == MOVES[state, move]
    else:
        with pytest.raises((domain.CaseIsClosed, domain.CaseCannotMove)) as refused:
            domain.next_state(state, move)
        assert refused.value.legal_now == domain.legal_moves(state) or state == CaseState.CLOSED


def test_a_case_number_is_read_by_people() -> None:
    assert domain.case_number("ODGJ", "35.24", 2026, 123) == "ODGJ/35.24/2026/000123"


def test_the_lamongan_pack_is_whole_and_a_torn_one_is_refused() -> None:
    pack = casework_pack(LAMONGAN_PACK)
    check_pack(pack)
    assert pack.candidates_for("INPATIENT_BED", "35.24.05.1003") == ("rsj-menur", "rsj-lawang")
    with pytest.raises(AgencyIsUnknown):
        check_pack(pack.model_copy(update={"office": "nobody"}))


def test_every_event_of_a_case_has_its_indonesian_line() -> None:
    silent = {
        "intake.operation.conducted.v1", "intake.person.recorded.v1", "intake.person_key.issued.v1",
        "disbursement.batch.proposed.v1", "disbursement.batch.approved.v1", "disbursement.batch.rejected.v1",
        "disbursement.batch.sent.v1", "disbursement.batch.reconciled.v1",
    }  # fmt: skip
    assert set(event_types()) - silent <= set(TEXTS)
    assert tell("casework.handoff.requested.v1", {"purpose": "INPATIENT_BED"}) == "INPATIENT_BED diminta kepada –"
