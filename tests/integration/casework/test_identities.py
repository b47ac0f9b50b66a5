"""An identity that does not fit is somebody's task: the case goes on meanwhile."""

import pytest

from tests.support.casework.registries import registry_answers
from tests.support.casework.street import Street
from tests.support.identity import Issuer
from tests.support.services import Bench


@pytest.mark.parametrize("result", ["MISMATCHED", "DECEASED", "UNKNOWN"])
async def test_a_registrys_answer_that_needs_a_person_is_a_task_of_the_office(
    casework: Bench, issuer: Issuer, result: str
) -> None:
    street = await (await Street(casework, issuer).found()).screened()
    await registry_answers(casework, street.report_id, "IDENTIFICATION", "IDENTITY", result)
    task = await street.office.open_task(street.report_id, "IDENTITY_REVIEW")
    identified = next(h for h in (await street.case())["handoffs"] if h["purpose"] == "IDENTIFICATION")
    assert (identified["state"], identified["result_code"]) == ("completed", result)
    await street.office.open_task(street.report_id, "GUARANTEE_LETTER")
    refused = await street.office.send(f"/tasks/{task['id']}/completion", result_code="REACHED")
    assert (refused.status_code, refused.json()["code"]) == (422, "result_is_unknown")
    await street.office.post(f"/tasks/{task['id']}/completion", result_code="OTHER_PERSON")
    said = await casework.value(
        "SELECT body->>'result_code' FROM outbox WHERE target = 'casework.tasks' AND body->>'task_id' = $1"
        " AND headers->>'ce_type' = 'casework.task.completed.v1'",
        str(task["id"]),
    )
    assert said == "OTHER_PERSON", "intake hears the decision"


async def test_an_insurers_unknown_answer_is_no_question_of_identity(casework: Bench, issuer: Issuer) -> None:
    street = await (await Street(casework, issuer).found()).screened()
    await registry_answers(casework, street.report_id, "IDENTIFICATION", "IDENTITY", "MATCHED")
    await registry_answers(casework, street.report_id, "INSURANCE", "INSURANCE", "UNKNOWN")
    await street.office.open_task(street.report_id, "GUARANTEE_LETTER")
    assert not [task for task in (await street.case())["tasks"] if task["kind"] == "IDENTITY_REVIEW"]
