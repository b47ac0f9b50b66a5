"""Real tokens of the real provider: machine accounts by their secret, staff by code flow with PKCE."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from deploy.local.accounts import MACHINES, STAFF, Accounts, MachineAccount, StaffAccount, accounts
from deploy.local.sign_in import SignInFailed, authorization_url, loopback_client, machine_token, staff_tokens
from tests.support.engines import Stack


@pytest.fixture
def known(identity_provider: Stack) -> Accounts:
    return accounts(identity_provider.site)


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with loopback_client() as client:
        yield client


async def claims(client: httpx2.AsyncClient, known: Accounts, token: str) -> dict[str, object]:
    """What a token says, after its signature was checked."""
    told = (await client.get(f"{known.issuer}/.well-known/openid-configuration")).json()
    assert told["issuer"] == known.issuer
    keys = KeySet.import_key_set((await client.get(told["jwks_uri"])).json())
    return jwt.decode(token, keys, algorithms=["RS256"]).claims


@pytest.mark.parametrize("account", MACHINES, ids=lambda account: account.client)
async def test_a_machine_account_says_its_agency_roles_and_offices(
    client: httpx2.AsyncClient, known: Accounts, account: MachineAccount
) -> None:
    said = await claims(client, known, await machine_token(known, account.client))
    assert said["agency"] == account.agency
    assert said["roles"] == list(account.roles)
    assert said["offices"] == list(account.offices)
    assert said["preferred_username"] == account.client
    assert said["aud"] == "sigap"
    assert said["sub"]


async def test_a_wrong_secret_or_password_gives_no_token(known: Accounts) -> None:
    stranger = replace(known, client_secrets={"rsj-menur": "guessed"}, staff_password="guessed")
    with pytest.raises(SignInFailed):
        await machine_token(stranger, "rsj-menur")
    with pytest.raises(SignInFailed):
        await staff_tokens(stranger, "sri.peksos")


@pytest.mark.parametrize("person", STAFF, ids=lambda person: person.username)
async def test_a_staff_member_signs_in_and_says_agency_roles_and_offices(
    known: Accounts, client: httpx2.AsyncClient, person: StaffAccount
) -> None:
    tokens = await staff_tokens(known, person.username)
    for kind in ("access_token", "id_token"):
        said = await claims(client, known, tokens[kind])
        assert said["agency"] == person.agency
        assert sorted(said["roles"]) == sorted(person.roles)  # type: ignore[call-overload]
        assert said["offices"] == list(person.offices)
        assert said["preferred_username"] == person.username
    assert (await claims(client, known, tokens["access_token"]))["aud"] == "sigap"


async def test_sign_in_without_pkce_or_to_another_address_is_refused(
    known: Accounts, client: httpx2.AsyncClient
) -> None:
    without = await client.get(authorization_url(known, known.redirect, None))
    assert "error=invalid_request" in without.headers.get("location", "")
    elsewhere = await client.get(authorization_url(known, "http://127.0.0.1:1/intake/signed-in", "x" * 43))
    assert elsewhere.status_code == 400
