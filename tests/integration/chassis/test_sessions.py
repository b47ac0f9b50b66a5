"""A session is asked about at the provider every few minutes: out in one place is out everywhere, roles are of now."""

import hashlib
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from fastapi import Request

from services.chassis.auth import IdentityProviderIsAway
from services.chassis.pages.sessions import start_session
from services.chassis.pages.sign_in import SignInWasNotCompleted
from services.chassis.principal import Principal
from tests.support.identity import Issuer
from tests.support.services import Bench

OFFICE = "dinsos-lamongan"
LATER = "UPDATE sessions SET {column} = now() - interval '{minutes} minutes'"


@dataclass(slots=True)
class Provider:
    """Answers a refresh token as the test wants, and counts who asked."""

    answer: Any = None
    asked: list[str] = field(default_factory=list)

    async def tokens_anew(self, refresh_token: str) -> tuple[str, str]:
        self.asked.append(refresh_token)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer, f"{refresh_token}+"


@pytest.fixture
def provider(probe: Bench) -> Provider:
    found = Provider()
    probe.app.state.pages.provider = found
    return found


async def sit_down(probe: Bench, refresh_token: str = "first") -> dict[str, str]:
    """Somebody signed in as an operator; the headers of their browser."""
    await probe.units.pool.execute("DELETE FROM sessions")
    request = Request({"type": "http", "app": probe.app, "headers": []})
    operator = Principal("staff:op", OFFICE, frozenset({"operator"}), ("35.24",), "Op")
    token = await start_session(request, operator, "id", refresh_token)
    return {"Cookie": f"sigap_probe={token}"}


async def status(probe: Bench, headers: dict[str, str]) -> int:
    return (await probe.client.get("/tersisih", headers=headers)).status_code


async def later(probe: Bench, column: str, minutes: int) -> None:
    await probe.units.pool.execute(LATER.format(column=column, minutes=minutes))


async def test_between_checks_nobody_asks_the_provider(probe: Bench, provider: Provider) -> None:
    headers = await sit_down(probe)
    assert [await status(probe, headers) for _ in range(3)] == [200, 200, 200]
    assert provider.asked == []


async def test_roles_are_those_of_now_and_the_next_token_is_kept(
    probe: Bench, provider: Provider, issuer: Issuer
) -> None:
    headers = await sit_down(probe)
    provider.answer = issuer.token("op", agency=OFFICE, roles=("operator",))
    for _ in range(2):
        await later(probe, "checked_at", 5)
        assert await status(probe, headers) == 200
    assert provider.asked == ["first", "first+"]
    provider.answer = issuer.token("op", agency=OFFICE, roles=("caseworker",))
    await later(probe, "checked_at", 5)
    assert await status(probe, headers) == 403


async def test_whoever_signed_out_elsewhere_is_out_here(probe: Bench, provider: Provider) -> None:
    headers = await sit_down(probe)
    provider.answer = SignInWasNotCompleted()
    await later(probe, "checked_at", 5)
    assert await status(probe, headers) == 303
    assert await probe.value("SELECT count(*) FROM sessions") == 0


async def test_a_token_of_somebody_else_ends_the_session(probe: Bench, provider: Provider, issuer: Issuer) -> None:
    headers = await sit_down(probe)
    provider.answer = issuer.token("other", agency=OFFICE, roles=("operator",))
    await later(probe, "checked_at", 5)
    assert await status(probe, headers) == 303


@pytest.mark.parametrize("refresh_token", ["first", ""])
async def test_while_the_provider_is_away_a_session_is_good_for_half_an_hour(
    probe: Bench, provider: Provider, refresh_token: str
) -> None:
    headers = await sit_down(probe, refresh_token)
    provider.answer = IdentityProviderIsAway()
    await later(probe, "checked_at", 5)
    assert await status(probe, headers) == 200
    await later(probe, "checked_at", 5)
    await later(probe, "verified_at", 31)
    assert await status(probe, headers) == 303


async def test_a_refresh_token_lies_in_no_row_in_clear(probe: Bench, provider: Provider) -> None:
    secret = f"refresh-{uuid4()}"
    headers = await sit_down(probe, secret)
    row = await probe.value("SELECT s::text FROM sessions s")
    kept = await probe.value("SELECT refresh_sealed FROM sessions")
    token = headers["Cookie"].partition("=")[2]
    assert secret not in row and secret.encode() not in kept
    assert token not in row and hashlib.sha256(token.encode()).hexdigest() in row
