"""A realm that stands is changed where it stands: what people did with it since stays."""

from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from deploy.local.accounts import accounts
from deploy.local.engines import Site
from deploy.local.engines.standing_realm import add_administrator, change_realm
from deploy.local.realm import STAFF_ROLES, realm
from deploy.local.sign_in import authorization_url, loopback_client, machine_token, staff_tokens
from deploy.local.supervisor import PartFailed
from tests.support.engines import Stack


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stack(identity_provider: Stack) -> AsyncIterator[Stack]:
    """Others find the realm as it was."""
    yield identity_provider
    site = identity_provider.site
    await change_realm(f"http://127.0.0.1:{site.ports['keycloak']}", realm(site))


class Administrator:
    """Somebody who changes the realm by the same account that keeps it."""

    def __init__(self, site: Site) -> None:
        self.url = f"http://127.0.0.1:{site.ports['keycloak']}"
        self._secret = site.keys.realm

    async def does(self, method: str, path: str, body: Any = None) -> Any:
        async with httpx2.AsyncClient(trust_env=False) as client:
            token = await client.post(
                f"{self.url}/realms/sigap/protocol/openid-connect/token",
                data={
                    "grant_type": "client_credentials",
                    "client_id": "sigap-keeper",
                    "client_secret": self._secret,
                },
            )
            bearer = {"Authorization": f"Bearer {token.json()['access_token']}"}
            answer = await client.request(method, f"{self.url}/admin/realms/sigap{path}", json=body, headers=bearer)
            assert answer.status_code < 300, answer.text
            return answer.json() if answer.content else None


async def test_a_moved_service_is_let_in_and_accounts_passwords_and_keys_stay(stack: Stack) -> None:
    known, keeper = accounts(stack.site), Administrator(stack.site)
    before = (await keeper.does("GET", "/keys"))["keys"]
    await keeper.does(
        "POST",
        "/users",
        {
            "username": "ani.baru", "enabled": True, "firstName": "Ani", "lastName": "Baru",
            "attributes": {"agency": ["dinsos-lamongan"], "offices": ["35.24"]},
            "credentials": [{"type": "password", "value": "milik-ani-sendiri", "temporary": False}],
        },
    )  # fmt: skip
    machine = await machine_token(known, "rsj-menur")
    moved = replace(stack.site, ports=stack.site.ports | {"intake": 29_999})
    await change_realm(keeper.url, realm(moved))

    async with loopback_client() as client:
        let_in = await client.get(authorization_url(known, "http://127.0.0.1:29999/intake/signed-in", "x" * 43))
        assert let_in.status_code == 200, "the sign-in page, for the address that is new"
        refused = await client.get(authorization_url(known, known.redirect, "x" * 43))
        assert refused.status_code == 400
    assert (await keeper.does("GET", "/keys"))["keys"] == before
    there = replace(known, redirect="http://127.0.0.1:29999/intake/signed-in")
    assert await staff_tokens(replace(there, staff_password="milik-ani-sendiri"), "ani.baru")
    assert await staff_tokens(there, "sri.peksos")
    assert (await machine_token(known, "rsj-menur")) != machine


async def test_a_new_account_role_and_claim_arrive(stack: Stack) -> None:
    known, keeper = accounts(stack.site), Administrator(stack.site)
    wanted = deepcopy(realm(stack.site))
    wanted["roles"]["realm"].append({"name": "shelter-keeper"})
    new = deepcopy(next(client for client in wanted["clients"] if client["clientId"] == "rsj-menur"))
    wanted["clients"].append(new | {"clientId": "rsj-baru", "secret": "demo-baru"})
    for mapper in wanted["clients"][0]["protocolMappers"]:
        if mapper["name"] == "offices":
            mapper["config"]["claim.value"] = '["35.25"]'
    await change_realm(keeper.url, wanted)
    await change_realm(keeper.url, wanted)
    assert "shelter-keeper" in {role["name"] for role in await keeper.does("GET", "/roles?max=100")}
    assert await machine_token(replace(known, client_secrets={"rsj-baru": "demo-baru"}), "rsj-baru")
    (client,) = await keeper.does("GET", f"/clients?clientId={wanted['clients'][0]['clientId']}")
    offices = [mapper["config"]["claim.value"] for mapper in client["protocolMappers"] if mapper["name"] == "offices"]
    assert offices == ['["35.25"]']


async def test_a_realm_that_does_not_know_its_keeper_is_left_alone_and_says_so(stack: Stack) -> None:
    stranger = replace(stack.site, keys=replace(stack.site.keys, realm="demo-another"))
    with pytest.raises(PartFailed, match=r"bring the old secrets\.json back"):
        await change_realm(f"http://127.0.0.1:{stack.site.ports['keycloak']}", realm(stranger))


async def test_an_administrator_is_added_who_must_choose_a_password_and_no_name_is_taken_twice(stack: Stack) -> None:
    known, keeper = accounts(stack.site), Administrator(stack.site)
    password = await add_administrator(keeper.url, realm(stack.site), "ani.wijaya")
    (person,) = await keeper.does("GET", "/users?exact=true&username=ani.wijaya")
    assert person["requiredActions"] == ["UPDATE_PASSWORD"]
    roles = await keeper.does("GET", f"/users/{person['id']}/role-mappings")
    given = roles["clientMappings"]["realm-management"]["mappings"]
    assert [role["name"] for role in given] == ["realm-admin"]
    assert not {role["name"] for role in roles["realmMappings"]} & set(STAFF_ROLES), "accounts, not cases"
    assert password not in known.staff_password
    with pytest.raises(PartFailed, match="choose another name"):
        await add_administrator(keeper.url, realm(stack.site), "ani.wijaya")
