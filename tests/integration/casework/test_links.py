"""An agency without software answers through a link: after a PIN, once, and everybody can see that it did so."""

import asyncio
import base64
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import orjson
import pytest
import pytest_asyncio

from services.casework.handoff.handoffs.commands import MoveHandoff
from services.casework.handoff.handoffs.domain import Move
from services.casework.papers.links import access, commands, domain
from services.casework.papers.links.access import principal_through
from services.casework.papers.links.domain import LinkIsForAnotherHandoff
from services.chassis import sealing
from services.chassis.principal import Principal
from tests.support.casework.agencies import LAWANG, OFFICE, SOEGIRI
from tests.support.casework.asking import ask
from tests.support.casework.desk import Desk
from tests.support.casework.letters import Printed
from tests.support.casework.persons import PERSON, know
from tests.support.casework.reports import case_of, report_verified
from tests.support.identity import Issuer
from tests.support.services import Bench, sealing_settings

KEY = sealing_settings("casework")["sealing_private_key"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def case_id(casework: Bench) -> UUID:
    """One case to which the tests hang hand-offs of their own."""
    found = await case_of(casework, await report_verified(casework))
    await know(casework, found)
    return found


@pytest.fixture
def office(casework: Bench, issuer: Issuer) -> Desk:
    return Desk(casework, issuer, OFFICE, "section-head")


class Phone:
    """A browser at a desk without software, with cookies of its own."""

    def __init__(self, bench: Bench, url: str) -> None:
        self._client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=bench.app), base_url="http://sigap")
        self.place = url

    async def look(self, expect: int = 200) -> str:
        """Open the link."""
        answer = await self._client.get(self.place, headers={"Accept": "text/html"})
        assert answer.status_code == expect, answer.text
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        return answer.text

    async def send(self, below: str, **fields: str) -> httpx2.Response:
        """Send a form of the page."""
        return await self._client.post(f"{self.place}/{below}", data=fields)

    async def open(self, pin: str) -> httpx2.Response:
        """Type the PIN."""
        return await self.send("buka", pin=pin)

    async def answer(self, move: str, **fields: str) -> httpx2.Response:
        """Press a button, with what its form holds."""
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', await self.look())
        assert found
        return await self.send(f"jawab-{move}", csrf=found[1], **fields)


async def minted(office: Desk, handoff: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = await office.post(f"/handoffs/{handoff['handoff_id']}/links")
    return found


async def row(bench: Bench, link: dict[str, Any]) -> Any:
    return (await bench.rows("SELECT * FROM links WHERE id = $1", UUID(link["link_id"])))[0]


async def visits(office: Desk, link: dict[str, Any]) -> dict[str, int]:
    """What happened at a link without opening it."""
    found = await office.get(f"/handoffs/{link['handoff_id']}/links")
    return {visit["what"]: visit["times"] for visit in found["visits"] if visit["link_id"] == link["link_id"]}


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06d}"


async def test_looking_spends_nothing_and_shows_nobody(casework: Bench, office: Desk, case_id: UUID) -> None:
    link = await minted(office, await ask(office, case_id))
    phone = Phone(casework, link["url"])
    before = await row(casework, link)
    for _ in range(2):
        seen = await phone.look()
        assert "PIN" in seen
        for hidden in (*PERSON.values(), "Soegiri", "rawat inap"):
            if len(hidden) > 2:
                assert hidden not in seen
    assert await row(casework, link) == before
    assert (await phone.open(link["pin"])).status_code == 303
    assert PERSON["name"] in await phone.look()


async def test_the_answer_enters_the_same_states_and_is_seen_as_given_through_a_link(
    casework: Bench, issuer: Issuer, office: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    link = await minted(office, handoff)
    phone = Phone(casework, link["url"])
    await phone.open(link["pin"])
    assert (await phone.answer("accept")).status_code == 303
    assert "Jawaban Anda tercatat" in await phone.look()
    stands = await office.get(f"/handoffs/{handoff['handoff_id']}")
    assert (stands["state"], stands["promise_holder"]) == ("accepted", SOEGIRI)
    assert [(answer["move"], answer["via"]) for answer in stands["by_link"]] == [("accept", "LINK")]
    acts = await casework.rows(
        "SELECT actor, on_behalf_of FROM actions WHERE aggregate_id = $1 AND verb = 'accept'",
        UUID(handoff["handoff_id"]),
    )
    assert [(act["actor"], act["on_behalf_of"]) for act in acts] == [(f"link:{SOEGIRI}", "via:LINK")]
    readers = await office.get(f"/handoffs/{handoff['handoff_id']}/readers")
    assert f"link:{SOEGIRI}" in {read["reader"] for read in readers["items"]}
    again = await phone.send("jawab-reject", csrf="x", reason_code="FULL")
    assert again.status_code == 303
    assert (await office.get(f"/handoffs/{handoff['handoff_id']}"))["state"] == "accepted"


async def test_yes_if_and_no_with_a_reason(casework: Bench, office: Desk, case_id: UUID) -> None:
    for move, fields, state in (
        ("accept-conditionally", {"code": "INSURANCE_ACTIVE", "owner": "SENDER", "within_hours": "72"}, "conditional"),
        ("reject", {"reason_code": "FULL"}, "rejected"),
    ):
        handoff = await ask(office, case_id)
        link = await minted(office, handoff)
        phone = Phone(casework, link["url"])
        await phone.open(link["pin"])
        incomplete = await phone.answer(move)
        assert incomplete.status_code == 422
        assert (await row(casework, link))["state"] == "open"
        assert (await phone.answer(move, **fields)).status_code == 303
        assert (await office.get(f"/handoffs/{handoff['handoff_id']}"))["state"] == state


async def test_only_what_is_legal_now_is_offered_and_taken(casework: Bench, office: Desk, case_id: UUID) -> None:
    handoff = await ask(office, case_id)
    link = await minted(office, handoff)
    phone = Phone(casework, link["url"])
    await phone.open(link["pin"])
    seen = await phone.look()
    assert "jawab-accept" in seen
    assert "jawab-complete" not in seen
    assert (await phone.answer("complete", result_code="DISCHARGED_STABLE")).status_code == 409
    assert (await phone.answer("cancel")).status_code == 403
    assert (await row(casework, link))["state"] == "open", "what was refused spends nothing"


async def test_a_button_pressed_many_times_at_once_is_one_answer(casework: Bench, office: Desk, case_id: UUID) -> None:
    handoff = await ask(office, case_id)
    link = await minted(office, handoff)
    phone = Phone(casework, link["url"])
    await phone.open(link["pin"])
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', await phone.look())
    assert found
    answers = await asyncio.gather(*(phone.send("jawab-accept", csrf=found[1]) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    stands = await office.get(f"/handoffs/{handoff['handoff_id']}")
    assert (stands["state"], len(stands["by_link"])) == ("accepted", 1)


async def test_five_wrong_pins_lock_a_link_for_good(casework: Bench, office: Desk, case_id: UUID) -> None:
    link = await minted(office, await ask(office, case_id))
    phone = Phone(casework, link["url"])
    for left in (4, 3, 2, 1):
        refused = await phone.open(wrong(link["pin"]))
        assert refused.status_code == 403
        assert f"Sisa percobaan: {left}." in refused.text
    await phone.open(wrong(link["pin"]))
    assert "terkunci" in await phone.look(expect=403)
    await phone.open(link["pin"])
    assert "terkunci" in await phone.look(expect=403)
    kept = await row(casework, link)
    assert (kept["state"], kept["attempts"]) == ("locked", 5)
    assert (await visits(office, link))["locked"] >= 2
    renewed = await office.send(f"/links/{link['link_id']}/pin")
    assert (renewed.status_code, renewed.json()["code"]) == (409, "link_is_spent")


async def test_a_used_link_opens_for_nobody_else(casework: Bench, office: Desk, case_id: UUID) -> None:
    link = await minted(office, await ask(office, case_id))
    mine, other = Phone(casework, link["url"]), Phone(casework, link["url"])
    await mine.open(link["pin"])
    await mine.answer("accept")
    seen = await other.look(expect=410)
    assert "sudah dipakai" in seen
    assert PERSON["name"] not in seen
    await other.open(link["pin"])
    await other.look(expect=410)
    assert (await visits(office, link))["used"] == 3


async def test_an_expired_link_says_so(casework: Bench, office: Desk, case_id: UUID) -> None:
    link = await minted(office, await ask(office, case_id))
    phone = Phone(casework, link["url"])
    await phone.open(link["pin"])
    await casework.units.pool.execute(
        "UPDATE links SET expires_at = now() - $2::interval WHERE id = $1", UUID(link["link_id"]), timedelta(seconds=1)
    )
    assert "masa berlaku" in await phone.look(expect=410)
    answered = await phone.send("jawab-accept", csrf="x")
    assert answered.status_code == 303
    assert (await row(casework, link))["answer"] is None
    assert "expired" in await visits(office, link)


async def test_a_forwarded_link_opens_in_the_first_browser_alone(casework: Bench, office: Desk, case_id: UUID) -> None:
    link = await minted(office, await ask(office, case_id))
    first, second = Phone(casework, link["url"]), Phone(casework, link["url"])
    await first.open(link["pin"])
    seen = await second.look(expect=403)
    assert "peramban lain" in seen
    assert PERSON["name"] not in seen
    await second.open(link["pin"])
    await second.look(expect=403)
    assert (await visits(office, link))["elsewhere"] == 3
    assert PERSON["name"] in await first.look()
    renewed = await office.post(f"/links/{link['link_id']}/pin")
    assert renewed["pin"] != link["pin"]
    await first.look()
    assert (await second.open(link["pin"])).status_code == 403
    await second.open(renewed["pin"])
    assert PERSON["name"] in await second.look()
    await first.look(expect=403)


async def test_a_link_answers_no_other_handoff(casework: Bench, office: Desk, case_id: UUID) -> None:
    one, other = await ask(office, case_id), await ask(office, case_id)
    link = await minted(office, one)
    phone = Phone(casework, link["url"])
    await phone.open(link["pin"])
    assert (await phone.answer("accept", handoff_id=other["handoff_id"])).status_code == 422
    browser = domain.digest_of("x")
    await casework.units.pool.execute(
        "UPDATE links SET browser_digest = $2 WHERE id = $1", UUID(link["link_id"]), browser
    )
    with pytest.raises(LinkIsForAnotherHandoff):
        await casework.units.perform(
            lambda uow: commands.answer_by_link(
                UUID(link["link_id"]), browser, MoveHandoff(UUID(other["handoff_id"]), Move.ACCEPT), uow
            ),
            principal=principal_through(SOEGIRI, "35.24"),
        )
    for handoff in (one, other):
        assert (await office.get(f"/handoffs/{handoff['handoff_id']}"))["state"] == "requested"


async def test_forms_from_elsewhere_are_refused(casework: Bench, office: Desk, case_id: UUID) -> None:
    link = await minted(office, await ask(office, case_id))
    phone = Phone(casework, link["url"])
    await phone.open(link["pin"])
    assert (await phone.send("jawab-accept", csrf="0" * 64)).status_code == 403
    cross = await phone._client.post(
        f"{phone.place}/buka", data={"pin": "000000"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert cross.status_code == 403
    assert (await row(casework, link))["attempts"] == 0
    unknown = await Phone(casework, f"/casework/pintu/{'x' * 32}").send("buka", pin="000000")
    assert unknown.status_code == 404
    assert "link_is_unknown" in unknown.text


async def test_links_are_made_by_the_office_for_others_and_kept_without_what_opens_them(
    casework: Bench, issuer: Issuer, office: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    key = {
        "Idempotency-Key": str(uuid4()),
        "Authorization": f"Bearer {issuer.token('o', agency=OFFICE, roles=('section-head',))}",
    }
    first, again = [
        (await casework.client.post(f"/handoffs/{handoff['handoff_id']}/links", headers=key)).json() for _ in range(2)
    ]
    assert first == again, "the same request gives the same link and PIN"
    token = first["url"].rsplit("/", 1)[1]
    for table in ("links", "actions", "request_keys", "outbox"):
        held = await casework.value(f"SELECT string_agg(t::text, '') FROM {table} t")
        assert token not in held
        assert f'"{first["pin"]}"' not in held
    with pytest.raises(access.LinkIsTheOffices):
        access.check_maker(Principal("staff:x", SOEGIRI, frozenset({"caseworker"}), ("35.24",)), OFFICE)
    hospital = Desk(casework, issuer, SOEGIRI, "caseworker")
    refused = await hospital.send(f"/handoffs/{handoff['handoff_id']}/links")
    assert (refused.status_code, refused.json()["code"]) == (403, "role_is_not_allowed")
    assert (
        await Desk(casework, issuer, LAWANG, "caseworker").send(f"/handoffs/{handoff['handoff_id']}/links")
    ).status_code == 403
    revoked = await office.post(f"/links/{first['link_id']}/revocation")
    assert revoked["state"] == "revoked"
    assert "dicabut" in await Phone(casework, first["url"]).look(expect=410)
    await office.move(handoff["handoff_id"], "cancellation", reason_code="NO_LONGER_NEEDED")
    ended = await office.send(f"/handoffs/{handoff['handoff_id']}/links")
    assert (ended.status_code, ended.json()["code"]) == (409, "link_is_spent")
    own = await ask(office, case_id, OFFICE, purpose="INFORMATION")
    ours = await office.send(f"/handoffs/{own['handoff_id']}/links")
    assert (ours.status_code, ours.json()["code"]) == (409, "link_is_for_others")


async def test_a_letters_code_opens_the_same_door_until_the_letter_is_void(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    press = Printed(casework)
    handoff = await ask(office, case_id)
    letter, token = await press.issue(handoff, with_link=True)
    phone = Phone(casework, f"/casework/pintu/{token}")
    checked = await casework.client.get(f"/surat/{token}")
    assert f"/casework/pintu/{token}" in checked.text
    assert "mintalah PIN" in await phone.look()
    await phone.open("000000")
    told = await office.post(f"/links/{letter.link_id}/pin")
    await phone.open(told["pin"])
    assert PERSON["name"] in await phone.look()
    await office.post(f"/letters/{letter.id}/void", reason_code="NOT_SENT")
    assert "dicabut" in await phone.look(expect=410)
    checked = await casework.client.get(f"/surat/{token}")
    assert "tidak berlaku lagi" in checked.text
    assert "/pintu/" not in checked.text


async def test_a_pin_goes_to_the_desks_number_under_a_seal_that_only_its_teller_opens(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    made = await minted(office, await ask(office, case_id))
    renewed = await office.move(f"../links/{made['link_id']}", "pin")
    told = await casework.rows(
        "SELECT body FROM outbox WHERE transport = 'kafka' AND headers->>'ce_subject' = $1 ORDER BY id", made["link_id"]
    )
    facts = [orjson.loads(row["body"]) for row in told]
    assert [fact["pin_number"] for fact in facts] == [1, 2]
    teller = sealing_settings("notifications")["sealing_private_key"]
    opened = [sealing.unwrap(base64.b64decode(fact["sealed_pin"]), teller).decode() for fact in facts]
    assert opened == [made["pin"], renewed["pin"]]
    with pytest.raises(sealing.CannotUnseal):
        sealing.unwrap(base64.b64decode(facts[0]["sealed_pin"]), KEY)
    assert not any(pin in row["body"] for pin in opened for row in told)
