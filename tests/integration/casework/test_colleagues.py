"""Whoever has a turn is somebody: picked by name from those who signed in, and refused when nobody is behind it."""

from datetime import timedelta
from uuid import uuid4

from services.chassis import clock
from tests.support.casework.agencies import OFFICE, SOEGIRI
from tests.support.casework.colleagues import met
from tests.support.casework.desk import Desk
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.visitor import Visitor


async def test_a_turn_is_given_to_a_colleague_by_name(casework: Bench) -> None:
    await met(casework, OFFICE, dewi="Dewi Anggraini")
    await met(casework, SOEGIRI, rini="Rini Soegiri")
    budi = await Visitor(casework, "budi.kabid", ["section-head"]).sit_down()
    page = await budi.see("/jaga?meja=piket")
    offered = {option["value"]: option.get_text() for option in page.select("#petugas option")}
    assert offered["staff:dewi"] == "Dewi Anggraini"
    assert "staff:rini" not in offered, "people of another agency have no turn here"
    begins = clock.utc_now() + timedelta(days=200)
    turn = {
        "district": "35.24", "desk": "piket", "officer": "staff:dewi", "phone": "",
        "starts_local": begins.strftime("%Y-%m-%dT%H:%M"),
        "ends_local": (begins + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    assert await budi.do("/jaga/tambah", **turn) == "shift-plan"
    text = await budi.read(f"/jaga?meja=piket&mulai={begins.date()}")
    assert "Dewi Anggraini" in text
    assert "staff:" not in text
    refused = await budi.post("/jaga/tambah", **{**turn, "officer": "staff:bukan-orang"})
    assert refused.status_code == 422
    assert "tidak dikenal" in refused.text


async def test_nobody_hands_over_to_nobody(casework: Bench, issuer: Issuer) -> None:
    nurse = Desk(casework, issuer, SOEGIRI, "desk-officer")
    for stranger in ("staff:bukan-orang", f"staff:{uuid4()}"):
        refused = await nurse.send("/shift-handovers", to_officer=stranger)
        assert (refused.status_code, refused.json()["code"]) == (422, "officer_is_unknown")
