"""What every service refuses before its own rules are asked: each answer names its code and nothing is written."""

import hashlib
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
import pytest

from services.chassis.web import printable
from tests.support.engines import Stack
from tests.support.identity import Issuer
from tests.support.probe import SCHEMA, probe_service
from tests.support.services import Bench, bench_for


def headers(issuer: Issuer, **token: Any) -> dict[str, str]:
    """A caseworker's next write."""
    claims = {"roles": ["caseworker"], **token}
    return {"Authorization": f"Bearer {issuer.token(**claims)}", "Idempotency-Key": str(uuid4())}


async def code_of(bench: Bench, method: str = "POST", path: str = "/probes", **request: Any) -> tuple[int, str]:
    """Status and code of the answer, which must be a problem document."""
    answer = await bench.client.request(method, path, **{"json": {"note": "A"}, **request})
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


async def test_whoever_is_not_known_or_not_allowed_is_told_so(probe: Bench, issuer: Issuer) -> None:
    assert await code_of(probe) == (401, "unauthenticated")
    assert await code_of(probe, headers={"Authorization": "Basic eDp5"}) == (401, "unauthenticated")
    good = headers(issuer)
    assert await code_of(probe, headers={**good, "Authorization": "Bearer x.y.z"}) == (401, "token_is_not_valid")
    for wrong in ({"audience": "another"}, {"iss": "https://elsewhere.example"}, {"agency": ""}):
        assert await code_of(probe, headers=headers(issuer, **wrong)) == (401, "token_is_not_valid")
    assert await code_of(probe, headers=headers(issuer, expires_in_seconds=-1)) == (401, "token_is_expired")
    assert await code_of(probe, headers=headers(issuer, roles=["auditor"])) == (403, "role_is_not_allowed")
    assert await probe.value("SELECT count(*) FROM probes") == 0


async def test_whatever_is_malformed_is_named_without_its_value(probe: Bench, issuer: Issuer) -> None:
    good = headers(issuer)
    assert await code_of(probe, path="/nowhere") == (404, "route_is_unknown")
    assert await code_of(probe, "DELETE") == (405, "method_is_not_allowed")
    bodies: list[Any] = [{}, {"note": "a secret"}, {"note": "A", "more": 1}, {"note": 7}, []]
    for body in bodies:
        answer = await probe.client.post("/probes", json=body, headers=good)
        assert (answer.status_code, answer.json()["code"]) == (422, "body_is_not_valid")
        assert "secret" not in answer.text
    without_key = {"Authorization": good["Authorization"]}
    assert await code_of(probe, headers=without_key) == (422, "body_is_not_valid")
    assert await code_of(probe, headers={**good, "Idempotency-Key": "1"}) == (422, "body_is_not_valid")
    assert await probe.value("SELECT count(*) FROM request_keys") == 0


async def test_a_parameter_of_one_value_that_is_given_twice_is_refused_by_name(probe: Bench, issuer: Issuer) -> None:
    operator = headers(issuer, roles=["operator"])
    answer = await probe.client.get("/dead-letters?topic=a&limit=5&topic=b", headers=operator)
    assert (answer.status_code, answer.json()["code"], answer.json()["facts"]["fields"]) == (
        422, "parameter_is_repeated", ["topic"]
    )  # fmt: skip
    assert (await probe.client.get("/dead-letters?topic=a&limit=5", headers=operator)).status_code == 200


async def test_without_the_providers_keys_nobody_is_let_in(stack: Stack, issuer: Issuer) -> None:
    async with bench_for(
        probe_service(), stack, issuer, schema=SCHEMA, owner="intake", oidc_issuer="http://127.0.0.1:9"
    ) as bench:
        answer = await bench.client.post("/probes", json={"note": "A"}, headers=headers(issuer))
        assert (answer.status_code, answer.json()["code"]) == (503, "identity_provider_is_away")
        assert int(answer.headers["Retry-After"]) > 0


async def test_a_twin_still_being_worked_on_is_told_to_wait(probe: Bench, issuer: Issuer) -> None:
    assert (await probe.client.post("/probes", json={"note": "A"}, headers=headers(issuer))).status_code == 201
    (known,) = await probe.rows("SELECT principal, operation FROM request_keys")
    write = headers(issuer)
    other = await asyncpg.connect(probe.settings.database_url)
    try:
        async with other.transaction():
            await other.execute(
                "INSERT INTO request_keys (principal, operation, key, digest, district)"
                " VALUES ($1, $2, $3, $4, '35.24')",
                known["principal"],
                known["operation"],
                write["Idempotency-Key"],
                hashlib.sha256(b"x").digest(),
            )
            status = await code_of(probe, headers=write)
    finally:
        await other.close()
    assert status == (409, "still_in_flight")
    assert await probe.value("SELECT count(*) FROM probes") == 1


@pytest.fixture
async def session(probe: Bench) -> str:
    """The cookie of an operator who signed in; forms carry the token «csrf»."""
    known = {
        "actor": "staff:op",
        "agency": "dinsos-lamongan",
        "roles": ["operator"],
        "offices": ["35.24"],
        "display_name": "Op",
    }
    await probe.units.pool.execute(
        "INSERT INTO sessions (token_digest, principal, csrf_token, id_token, ends_at, district)"
        " VALUES ($1, $2::json, 'csrf', '', now() + interval '1 hour', '35.24')",
        hashlib.sha256(b"cookie").digest(),
        orjson.dumps(known).decode(),
    )
    return "sigap_probe=cookie"


async def test_a_form_is_taken_from_its_own_session_and_page_only(probe: Bench, session: str) -> None:
    place = "/tersisih/1/buang"
    form = {"csrf": "csrf", "kunci": str(uuid4()), "expected_version": "1", "reason": "percobaan"}

    async def post(status: int, text: str, data: dict[str, str], **extra: str) -> None:
        answer = await probe.client.post(place, data=data, headers=extra)
        assert answer.status_code == status, answer.text
        assert text in answer.text

    ended = {"actor": "staff:op"}, {"actor": "staff:somebody-else"}
    for name, known in zip(("ended", "others"), ended, strict=True):
        await probe.units.pool.execute(
            "INSERT INTO sessions (token_digest, principal, csrf_token, id_token, ends_at, district)"
            " VALUES ($1, $2::json, $3, '', now() - interval '1 hour', '35.24')",
            hashlib.sha256(name.encode()).digest(), orjson.dumps(known).decode(), name,
        )  # fmt: skip
    elsewhere: tuple[dict[str, str], ...] = (
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
        {"Origin": "null"}, {"Origin": "http://sigap.evil.example"},
    )  # fmt: skip
    for origin in elsewhere:
        for cookie in ({}, {"Cookie": session}):
            await post(403, "tidak dikirim dari halaman Sigap", form, **cookie, **origin)
    for own in ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": "http://sigap"}):
        await post(404, "Data tidak ditemukan", form, Cookie=session, **own)
    await post(401, "Isian Anda", {**form, "perihal": "Pesan tersisih"})
    await post(401, "Pesan tersisih: <strong>Buang</strong>", {**form, "perihal": "Pesan tersisih"})
    await post(409, "Anda sudah masuk kembali.", {**form, "csrf": "ended"}, Cookie=session)
    for forged in ("made-up", "", "others"):
        await post(403, "tidak dikirim dari halaman Sigap", {**form, "csrf": forged}, Cookie=session)
    signed_out = await probe.client.post(place, data={**form, "csrf": "made-up"})
    assert (signed_out.status_code, "Isian Anda" in signed_out.text) == (401, False)
    await post(422, "Isian belum lengkap", {**form, "reason": ""}, Cookie=session)
    await post(404, "Data tidak ditemukan", form, Cookie=session)
    first = await probe.client.get("/tersisih")
    assert (first.status_code, "/masuk?lanjut=" in first.headers["location"]) == (303, True)
    unasked = await probe.client.get("/masuk/kembali?state=x&code=y")
    assert (unasked.status_code, "Proses masuk belum selesai." in unasked.text) == (401, True)


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=a", b"--a\r\nnonsense"),
        ("multipart/form-data; boundary=a", b"--a\r\nContent-Disposition: form-data\r\n\r\nx\r\n--a--\r\n"),
        (
            "multipart/form-data; boundary=a; charset=no-such",
            b'--a\r\nContent-Disposition: form-data; name="x"\r\n\r\ny\r\n--a--\r\n',
        ),
        ("application/x-www-form-urlencoded; charset=no-such", b"csrf=csrf&reason=x"),
        ("application/x-www-form-urlencoded", b"reason=%FF%FE&csrf=csrf"),
        ("application/x-www-form-urlencoded", b"reason=%00&csrf=csrf"),
        ("application/x-www-form-urlencoded", b"reason=a%E2%80%AEb&csrf=csrf"),
        ("application/x-www-form-urlencoded", b"%E2%80%AE=x&csrf=csrf"),
    ],
)  # fmt: skip
async def test_a_form_that_cannot_be_read_is_a_refusal_of_the_caller(
    probe: Bench, session: str, media_type: str, body: bytes
) -> None:
    for cookie, statuses in (({}, {401}), ({"Cookie": session}, {403, 422})):
        answer = await probe.client.post(
            "/tersisih/1/buang", content=body, headers={"Content-Type": media_type, **cookie}
        )
        assert answer.status_code in statuses, answer.text


async def test_a_key_stands_for_method_path_query_and_body(probe: Bench, issuer: Issuer) -> None:
    good = headers(issuer)
    first = await probe.client.post("/probes?a=1", json={"note": "A"}, headers=good)
    again = await probe.client.post("/probes?a=1", json={"note": "A"}, headers=good)
    other = await probe.client.post("/probes?a=2", json={"note": "A"}, headers=good)
    assert (first.status_code, again.json(), other.status_code) == (201, first.json(), 422)
    assert other.json()["code"] == "key_used_for_other_request"


@pytest.mark.parametrize(
    "wrong", ["a\u202eb", "a\u2066b", "a\x07b", "a\x00b", "a\u2028b", "a\ue000b", "a\x1b[2J", "a\ud800"]
)
def test_what_cannot_be_printed_is_no_text(wrong: str) -> None:
    with pytest.raises(ValueError, match="printed"):
        printable(wrong)


@pytest.mark.parametrize(
    "text", ["Siti Aminah", "baris satu\r\nbaris dua\tkolom", "Łucja Ὀ ꦄꦤ 中文 😀", "e\u0301", "a\u200db"]
)
def test_what_people_write_is_text(text: str) -> None:
    assert printable(text) == text


PAGE_CODES = (
    "sign_in_is_needed", "form_came_from_elsewhere", "form_is_from_other_session", "form_is_not_valid",
    "sign_in_was_not_completed",
)  # fmt: skip
"""The codes behind the texts above: a page shows the text."""


async def test_a_mended_body_must_be_json(probe: Bench, issuer: Issuer) -> None:
    mend = {"expected_version": 1, "reason": "mended", "body": "{not json"}
    write = headers(issuer, roles=["operator"])
    assert await code_of(probe, path="/dead-letters/1/mend", json=mend, headers=write) == (422, "body_is_not_json")
