"""The number of a case is one case's, however it is told."""

from services.casework.case.cases.domain import CaseState
from services.notifications.messages.domain import spoken_number
from tests.support.casework.street import Street
from tests.support.identity import Issuer
from tests.support.services import Bench


async def test_numbers_are_unique_without_the_type_that_messages_leave_out(casework: Bench, issuer: Issuer) -> None:
    kinds = [("ODGJ", "ODGJ_TERLANTAR"), ("GEPENG", "GEPENG"), ("LANSIA_TERLANTAR", "LANSIA_TERLANTAR")]
    told = []
    for kind, case_type in kinds:
        street = await Street(casework, issuer).found(kind=kind, case_type_guess=case_type)
        case = await street.case()
        assert case["state"] == CaseState.OPEN
        told.append(spoken_number(case["number"]))
    assert len(set(told)) == len(kinds), told
