"""An agency that lost everything rebuilds its view from its feed, from the beginning or from a date."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from tests.support.casework.agencies import LAWANG, OFFICE
from tests.support.casework.asking import ask
from tests.support.casework.desk import Desk
from tests.support.casework.reports import case_of, report_verified
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench

PARTNER = "puskesmas-paciran"
State = dict[str, tuple[str, str | None]]


@pytest.fixture
def office(casework: Bench, issuer: Issuer) -> Desk:
    return Desk(casework, issuer, OFFICE, "section-head")


@pytest.fixture
def partner(casework: Bench, issuer: Issuer) -> Desk:
    return Desk(casework, issuer, PARTNER)


@pytest_asyncio.fixture(loop_scope="session")
async def case_id(casework: Bench) -> UUID:
    return await case_of(casework, await report_verified(casework))


class Copy:
    """What a partner keeps of its hand-offs by reading its feed: the last that it was told of each."""

    def __init__(self) -> None:
        self.state: State = {}
        self.lines: list[dict[str, Any]] = []

    async def read(self, desk: Desk, start: str = "after=0") -> None:
        """Read on to the end, a few lines at a time."""
        query = start
        while page := await desk.get(f"/feed?{query}&limit=3"):
            self.lines += page["items"]
            for line in page["items"]:
                item = line["item"]
                if "handoff_id" in item:
                    self.state[item["handoff_id"]] = (item["kind"], item.get("state"))
            query = f"after={page['next_after']}"
            if not page["items"]:
                return


async def all_numbered(bench: Bench) -> None:
    async def look() -> bool:
        return not await bench.value("SELECT count(*) FROM outbox WHERE transport = 'feed' AND sent_at IS NULL")

    await eventually(look, what="the feed's lines numbered")


async def test_a_wiped_partner_comes_to_the_same_end_from_the_beginning_and_from_a_date(
    casework: Bench, office: Desk, partner: Desk, case_id: UUID
) -> None:
    live = Copy()
    handoffs = []
    for purpose in ("HEALTH_SCREENING", "INFORMATION", "FAMILY_TRACING"):
        handoff = await ask(office, case_id, PARTNER, purpose=purpose)
        handoffs.append(handoff["handoff_id"])
        await partner.move(handoff["handoff_id"], "acceptance")
        if purpose == "HEALTH_SCREENING":
            await partner.move(handoff["handoff_id"], "arrival", ba_number="BA/31")
        await all_numbered(casework)
        await live.read(partner, f"after={live.lines[-1]['position']}" if live.lines else "after=0")
    for handoff_id in handoffs[:2]:
        await partner.move(handoff_id, "start")
    await all_numbered(casework)
    await live.read(partner, f"after={live.lines[-1]['position']}")
    assert not any(line["replay"] for line in live.lines), "read as it came, nothing is a replay"

    wiped = Copy()
    await wiped.read(partner)
    assert wiped.state == live.state
    assert [line["position"] for line in wiped.lines] == [line["position"] for line in live.lines]
    assert all(line["replay"] for line in wiped.lines)

    middle = live.lines[len(live.lines) // 2]
    dated = Copy()
    dated.state = {}
    for line in live.lines[: live.lines.index(middle)]:
        item = line["item"]
        if "handoff_id" in item:
            dated.state[item["handoff_id"]] = (item["kind"], item.get("state"))
    since = datetime.fromisoformat(middle["recorded_at"]).isoformat().replace("+00:00", "Z")
    await dated.read(partner, f"since={since}")
    assert dated.state == live.state
    assert {line["position"] for line in dated.lines} >= {
        line["position"] for line in live.lines if line["recorded_at"] >= middle["recorded_at"]
    }, "the cursor of a date skips nothing"
    assert all(line["replay"] for line in dated.lines)

    await partner.move(handoffs[2], "start")
    await all_numbered(casework)
    (fresh,) = (await partner.get(f"/feed?after={live.lines[-1]['position']}"))["items"]
    assert not fresh["replay"]


async def test_a_feed_is_read_from_a_position_or_from_an_instant(
    casework: Bench, partner: Desk, issuer: Issuer
) -> None:
    refused = await partner.get("/feed?after=1&since=2026-01-01T00:00:00Z", 422)
    assert refused["code"] == "cursor_or_date"
    other = Desk(casework, issuer, LAWANG)
    end = (await other.get("/feed?since=2099-01-01T00:00:00Z"))["next_after"]
    assert (await other.get(f"/feed?after={end}"))["items"] == [], "a date to come is the end of the feed"
    await other.get(f"/feed?after={2**63 - 1}")
    read_to = await casework.value("SELECT position FROM feed_readers WHERE agency = $1", LAWANG)
    assert (read_to or 0) <= end, "nobody has read what there is not"
