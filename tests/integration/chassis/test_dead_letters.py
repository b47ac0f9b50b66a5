"""Dead letters are looked for, and somebody looks after each."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2

from services.chassis import clock
from tests.support.identity import Issuer
from tests.support.services import Bench

BROKEN = "body_is_not_the_event"


def as_operator(issuer: Issuer, who: str, *offices: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {issuer.token(who, roles=['operator'], offices=offices or ('35.24',))}"}


async def set_one_aside(
    bench: Bench, topic: str, key: str, *, code: str = BROKEN, days: int = 0, district: str = ""
) -> int:
    return int(
        await bench.value(
            "INSERT INTO dead_letters (district, owner, key, topic, partition, record_offset, headers, state, "
            "error_code,"
            " set_aside_at) VALUES ($1, 'intake', $2, $3, 0, (random() * 1e12)::bigint, '[]', 'dead', $4,"
            " now() - $5 * interval '1 day') RETURNING id",
            district,
            key,
            topic,
            code,
            days,
        )
    )


async def search(bench: Bench, headers: dict[str, str], **wanted: Any) -> list[int]:
    answer = await bench.client.get("/dead-letters", params=wanted, headers=headers)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def say(bench: Bench, headers: dict[str, str], message: int, word: str, version: int) -> httpx2.Response:
    body: dict[str, Any] = {"expected_version": version}
    if word not in ("claim", "release"):
        body["reason"] = "pesan uji"
    keyed = {**headers, "Idempotency-Key": str(uuid4())}
    return await bench.client.post(f"/dead-letters/{message}/{word}", json=body, headers=keyed)


async def test_dead_letters_are_found_by_topic_key_reason_owner_and_age(probe: Bench, issuer: Issuer) -> None:
    ani = as_operator(issuer, "ani")
    case = str(uuid4())
    first = await set_one_aside(probe, "intake.reports", case, days=3)
    second = await set_one_aside(probe, "intake.persons", case, code="KeyError")
    third = await set_one_aside(probe, "intake.reports", str(uuid4()), district="35.24")
    elsewhere = await set_one_aside(probe, "intake.reports", case, district="18.72")
    assert await search(probe, ani) == [first, second, third]
    assert await search(probe, ani, topic="intake.reports") == [first, third]
    assert await search(probe, ani, key=case) == [first, second]
    assert await search(probe, ani, error_code="KeyError") == [second]
    before = (clock.utc_now() - timedelta(days=1)).isoformat()
    assert await search(probe, ani, set_aside_before=before) == [first]
    assert await search(probe, ani, key=case, topic="intake.persons", error_code=BROKEN) == []
    assert await search(probe, ani, limit=2) == [first, second]
    assert await search(probe, ani, limit=2, after=second) == [third], "a page is not cut short by others' districts"
    assert await search(probe, as_operator(issuer, "tuti", "18")) == [first, second, elsewhere]
    assert (await say(probe, ani, second, "claim", 1)).status_code == 200
    assert await search(probe, ani, claimed_by="staff:ani") == [second]
    assert await search(probe, ani, claimed_by="-") == [first, third]


async def test_a_dead_letter_is_decided_by_whoever_looks_after_it(probe: Bench, issuer: Issuer) -> None:
    ani, budi = as_operator(issuer, "ani"), as_operator(issuer, "budi")
    message = await set_one_aside(probe, "intake.reports", str(uuid4()))
    claimed = await say(probe, ani, message, "claim", 1)
    assert claimed.json() == {"id": message, "state": "dead", "version": 2}
    shown = (await probe.client.get(f"/dead-letters/{message}", headers=budi)).json()
    assert shown["claimed_by"] == "staff:ani"
    assert shown["claimed_at"]
    for word in ("claim", "drop", "replay"):
        refused = await say(probe, budi, message, word, 2)
        assert (refused.status_code, refused.json()["code"]) == (409, "dead_letter_is_claimed")
        assert refused.json()["legal_now"] == ["release"]
    assert (await say(probe, budi, message, "release", 2)).status_code == 200
    assert (await say(probe, budi, message, "claim", 2)).json()["code"] == "dead_letter_is_resolved", "an old version"
    assert (await say(probe, budi, message, "claim", 3)).status_code == 200
    assert (await say(probe, budi, message, "drop", 4)).status_code == 200
    assert (await say(probe, ani, message, "claim", 5)).status_code == 409
    assert await search(probe, ani) == []
    assert await search(probe, ani, all_states=True, claimed_by="staff:budi") == [message]


async def test_nobody_looks_after_a_message_of_another_district(probe: Bench, issuer: Issuer) -> None:
    message = await set_one_aside(probe, "intake.reports", str(uuid4()), district="18.72")
    assert (await say(probe, as_operator(issuer, "ani"), message, "claim", 1)).status_code == 404
