"""The same person reported twice under two keys: whoever decides is shown the other report."""

import base64
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from services.chassis import sealing
from tests.support.identity import Issuer
from tests.support.intake.desk import ReportDesk, case_opened
from tests.support.intake.reports import VILLAGE, report
from tests.support.services import Bench
from tests.support.visitor import Visitor


@pytest.fixture
def desk(intake: Bench, issuer: Issuer) -> ReportDesk:
    return ReportDesk(intake, issuer)


def nik() -> str:
    """A NIK that nobody else in this run has."""
    return f"352417120968{uuid4().int % 9999 + 1:04d}"


def photo() -> dict[str, Any]:
    return {"digest": uuid4().hex * 2, "captured_at": "2026-03-02T08:00:00+07:00"}


@pytest.mark.parametrize(
    ("same", "because"),
    [({"person": {"nik": nik()}}, ["NIK"]), ({"evidence": [photo()]}, ["PHOTO"]),
     ({"person": {"nik": nik()}, "evidence": [photo()]}, ["NIK", "PHOTO"])],
    ids=["nik", "photo", "both"],
)  # fmt: skip
async def test_what_few_pairs_of_persons_have_in_common_is_shown_with_the_other_report(
    intake: Bench, issuer: Issuer, desk: ReportDesk, same: dict[str, Any], because: list[str]
) -> None:
    first, second, other = await desk.told(**same), await desk.told(**same), await desk.told()
    number = f"ODGJ/35.24/2026/{uuid4().int % 10**6:06d}"
    await desk.send(first, "verification")
    await desk.hears(first, case_opened(first, number))
    (found,) = (await desk.shown(second))["likely_repeat_of"]
    assert (found["report_id"], found["because"], found["case_number"]) == (first, because, number)
    assert (await desk.shown(other))["likely_repeat_of"] == []
    program = {"Authorization": f"Bearer {issuer.machine('desa-uji')}", "Idempotency-Key": str(uuid4())}
    own = (await intake.client.post("/reports", json=report(**same), headers=program)).json()["report_id"]
    told = (await intake.client.get(f"/reports/{own}", headers=program)).json()
    assert told["likely_repeat_of"] == [], "an agency is not told what others reported"
    sri = await Visitor(intake, "sri.peksos", ["caseworker"]).sit_down()
    page = await sri.read(f"/laporan/{second}")
    assert "Mungkin ganda" in page
    assert number in page
    assert f"/laporan/{first}" in (await sri.get(f"/laporan/{second}")).text
    await desk.send(second, "duplicate", parent_report_id=first)
    assert (await desk.shown(second))["likely_repeat_of"] == [], "decided"


async def test_an_operation_sent_again_under_its_number_is_shown_though_it_became_cases_at_once(
    intake: Bench, issuer: Issuer, desk: ReportDesk
) -> None:
    people = [report(channel="OTHER_AGENCY"), report(kind="GEPENG", channel="OTHER_AGENCY")]
    body = {
        "order_number": f"SPT/{uuid4().int % 10**8}", "place_code": VILLAGE, "conducted_at": people[0]["found_at"],
        "reports": people,
    }  # fmt: skip
    made = []
    for number in (body["order_number"], str(body["order_number"]).lower()):
        headers = {
            "Authorization": f"Bearer {issuer.machine('satpolpp-lamongan', 'reporter-agency')}",
            "Idempotency-Key": str(uuid4()),
        }
        answer = await intake.client.post("/operations", json={**body, "order_number": number}, headers=headers)
        assert answer.status_code == 201, answer.text
        made.append([one["report_id"] for one in answer.json()["reports"]])
    first, second = made
    for report_id in second:
        (found,) = (await desk.shown(report_id))["likely_repeat_of"]
        assert (found["report_id"], found["because"]) == (first[0], ["ORDER_NUMBER"])
    sri = await Visitor(intake, "sri.peksos", ["caseworker"]).sit_down()
    listed = await sri.get("/laporan")
    assert "Mungkin ganda, sudah menjadi perkara" in listed.text
    assert f"/laporan/{second[0]}" in listed.text


async def test_what_the_reporter_said_reaches_whoever_decides_and_the_reading_is_kept(
    intake: Bench, desk: ReportDesk
) -> None:
    person = {"sex": "FEMALE", "approximate_age_years": 30, "features": "rambut merah", "name": "Siti Rekaan"}
    report_id = await desk.told(person=person, circumstances="membawa bayi, duduk di tepi jalan")
    sri = await Visitor(intake, "sri.peksos", ["caseworker"]).sit_down()
    page = await sri.read(f"/laporan/{report_id}")
    for said in ("Siti Rekaan", "perempuan", "30", "rambut merah", "membawa bayi, duduk di tepi jalan"):
        assert said in page
    (read,) = await intake.rows("SELECT actor, fields FROM special_reads WHERE aggregate_id::text = $1", report_id)
    assert read["actor"] == "user:sri.peksos"
    assert "circumstances" in read["fields"]


async def test_what_the_reporter_said_travels_sealed_with_the_person(intake: Bench, desk: ReportDesk) -> None:
    said = {"sex": "FEMALE", "approximate_age_years": 30, "features": "rambut merah"}
    report_id = await desk.told(person=said, circumstances="membawa bayi")
    await desk.send(report_id, "verification")
    (row,) = await intake.rows(
        "SELECT p.sealed, k.wrapped FROM persons p JOIN person_keyring k ON k.person_id = p.id"
        " JOIN reports r ON r.person_id = p.id WHERE r.id = $1", UUID(report_id),
    )  # fmt: skip
    wrapped = orjson.loads(row["wrapped"]) if isinstance(row["wrapped"], str) else row["wrapped"]
    key = sealing.unwrap(base64.b64decode(wrapped["intake"]), intake.settings.sealing_private_key)
    fields = sealing.unseal(row["sealed"], key)
    assert (fields["said_sex"], fields["approximate_age_years"]) == ("FEMALE", "30")
    assert (fields["features"], fields["circumstances"]) == ("rambut merah", "membawa bayi")
