"""Work is asked for by hand on a page, which says beforehand what of the person is shown to whom."""

import pytest

from tests.support.casework.agencies import SOEGIRI
from tests.support.casework.street import Street
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.visitor import Visitor


@pytest.fixture
async def street(casework: Bench, issuer: Issuer) -> Street:
    return await Street(casework, issuer).found(is_with_reporter=False, operation_id=None)


@pytest.fixture
async def sri(casework: Bench) -> Visitor:
    return await Visitor(casework, "sri.peksos", ["caseworker"]).sit_down()


async def test_a_bed_is_asked_for_by_hand_and_what_leaves_was_shown_before(
    casework: Bench, street: Street, sri: Visitor
) -> None:
    path = f"/perkara/{await street.case_id()}/permintaan"
    assert path in str(await sri.see(f"/perkara/{await street.case_id()}"))
    page = await sri.read(f"{path}?keperluan=INPATIENT_BED")
    for text in ("RSUD", "menurut urutan daerah", "Yang diperlihatkan:", "NIK", "UU 17/2023", "dengan surat rujukan"):
        assert text in page
    answer = await sri.post(f"{path}/minta", purpose="INPATIENT_BED", to_agency=SOEGIRI)
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"].removeprefix("/casework")
    assert "permintaan dikirim" in await sri.read(address)
    (row,) = await casework.rows(
        "SELECT to_agency, purpose, state FROM handoffs WHERE id = $1::uuid", address.split("/")[2].split("?")[0]
    )
    assert tuple(row) == (SOEGIRI, "INPATIENT_BED", "requested")


async def test_a_form_without_an_agency_comes_back_with_what_was_chosen(street: Street, sri: Visitor) -> None:
    path = f"/perkara/{await street.case_id()}/permintaan"
    seen_at = f"{path}?keperluan=INPATIENT_BED"
    refused = await sri.post(f"{path}/minta", purpose="INPATIENT_BED", seen_at=seen_at)
    assert refused.status_code == 422
    assert "Wajib diisi." in refused.text
    assert "Kirim permintaan" in refused.text


async def test_whoever_asks_nobody_sees_no_form(casework: Bench, street: Street) -> None:
    auditor = await Visitor(casework, "nur.auditor", ["auditor"]).sit_down()
    path = f"/perkara/{await street.case_id()}/permintaan"
    assert (await auditor.get(path)).status_code == 403
    assert "permintaan" not in str(await auditor.see(f"/perkara/{await street.case_id()}"))
