"""A realm that stands is brought to what is wanted. Accounts and passwords that people made since, and keys, stay."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx2

from deploy.local.engines.identity import KEEPER_CLIENT
from deploy.local.supervisor import PartFailed

_PARTS = ("id", "roles", "clients", "scopeMappings", "users", "components")


async def change_realm(keycloak: str, wanted: Mapping[str, Any]) -> None:
    """Change settings, roles and clients of a realm to `wanted` and add the users that are missing.

    Nothing is taken away: what an administrator added stays, also the password and roles of a user who is there.
    Raises PartFailed when the realm does not know the account that keeps it, or refuses a change.
    """
    admin = f"{keycloak}/admin/realms/{wanted['realm']}"
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
        try:
            client.headers["Authorization"] = f"Bearer {await _token(client, keycloak, wanted)}"
            realm = _Realm(client, admin)
            await realm.tell("PUT", "", {name: value for name, value in wanted.items() if name not in _PARTS})
            await realm.add_roles(wanted["roles"]["realm"])
            for account in wanted["clients"]:
                await realm.settle_client(account)
            for mapping in wanted["scopeMappings"]:
                await realm.open_roles(mapping["client"], mapping["roles"])
            users = {"ifResourceExists": "SKIP", "users": wanted["users"]}
            await realm.tell("POST", "/partialImport", users)
        except httpx2.HTTPError as error:
            raise PartFailed(f"keycloak: the realm could not be changed: {type(error).__name__}") from error


async def _token(client: httpx2.AsyncClient, keycloak: str, wanted: Mapping[str, Any]) -> str:
    secret = next(account["secret"] for account in wanted["clients"] if account["clientId"] == KEEPER_CLIENT)
    answer = await client.post(
        f"{keycloak}/realms/{wanted['realm']}/protocol/openid-connect/token",
        data={"grant_type": "client_credentials", "client_id": KEEPER_CLIENT, "client_secret": secret},
    )
    if answer.status_code != 200:
        raise PartFailed(
            f"keycloak: the realm that stands does not know {KEEPER_CLIENT} by the secret in secrets.json, so that it "
            "cannot be changed: bring the old secrets.json back, or run `make reset` to begin with a new realm"
        )
    return str(answer.json()["access_token"])


async def add_administrator(keycloak: str, wanted: Mapping[str, Any], username: str) -> str:
    """Let somebody administer the realm's accounts; gives a password that must be changed at the first sign-in.

    Raises PartFailed when the name is taken or the provider does not answer.
    """
    password = secrets.token_urlsafe(12)
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
        try:
            client.headers["Authorization"] = f"Bearer {await _token(client, keycloak, wanted)}"
            realm = _Realm(client, f"{keycloak}/admin/realms/{wanted['realm']}")
            if await realm.ask(f"/users?exact=true&username={quote(username)}"):
                raise PartFailed(f"keycloak: somebody is called {username}: choose another name")
            credentials = [{"type": "password", "value": password, "temporary": True}]
            account = {"username": username, "firstName": username, "lastName": "-", "enabled": True}
            await realm.tell("POST", "/users", account | {"credentials": credentials})
            (person,) = await realm.ask(f"/users?exact=true&username={quote(username)}")
            (holder,) = await realm.ask("/clients?clientId=realm-management")
            role = await realm.ask(f"/clients/{holder['id']}/roles/realm-admin")
            await realm.tell("POST", f"/users/{person['id']}/role-mappings/clients/{holder['id']}", [role])
        except httpx2.HTTPError as error:
            raise PartFailed(f"keycloak does not answer: {type(error).__name__}; `make status` shows it") from error
    return password


class _Realm:
    """The realm's administration over HTTP."""

    def __init__(self, client: httpx2.AsyncClient, admin: str) -> None:
        self._client = client
        self._admin = admin

    async def tell(self, method: str, path: str, body: Any) -> None:
        """Change something. Raises PartFailed."""
        answer = await self._client.request(method, self._admin + path, json=body)
        if answer.status_code >= 300:
            raise PartFailed(f"keycloak: {method} {path or 'realm'} was answered {answer.status_code}")

    async def ask(self, path: str) -> Any:
        """What stands."""
        answer = await self._client.get(self._admin + path)
        if answer.status_code != 200:
            raise PartFailed(f"keycloak: GET {path} was answered {answer.status_code}")
        return answer.json()

    async def add_roles(self, wanted: list[dict[str, Any]]) -> None:
        """Add the roles that are missing."""
        there = {role["name"] for role in await self.ask("/roles?max=1000")}
        for role in wanted:
            if role["name"] not in there:
                await self.tell("POST", "/roles", role)

    async def settle_client(self, wanted: dict[str, Any]) -> None:
        """Make a client, or change it; its claims are exactly those wanted."""
        found = await self.ask(f"/clients?clientId={wanted['clientId']}")
        if not found:
            await self.tell("POST", "/clients", wanted)
            return
        client = f"/clients/{found[0]['id']}"
        await self.tell("PUT", client, found[0] | wanted | {"attributes": _attributes(found[0], wanted)})
        mappers = {mapper["name"]: mapper for mapper in wanted["protocolMappers"]}
        for mapper in await self.ask(f"{client}/protocol-mappers/models"):
            if mapper["name"] not in mappers:
                await self.tell("DELETE", f"{client}/protocol-mappers/models/{mapper['id']}", None)
            else:
                change = mapper | mappers.pop(mapper["name"])
                await self.tell("PUT", f"{client}/protocol-mappers/models/{mapper['id']}", change)
        for mapper in mappers.values():
            await self.tell("POST", f"{client}/protocol-mappers/models", mapper)

    async def open_roles(self, client_id: str, names: list[str]) -> None:
        """Let tokens of a client tell these roles."""
        (client,) = await self.ask(f"/clients?clientId={client_id}")
        roles = [role for role in await self.ask("/roles?max=1000") if role["name"] in names]
        await self.tell("POST", f"/clients/{client['id']}/scope-mappings/realm", roles)


def _attributes(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, str]:
    return {**found.get("attributes", {}), **wanted.get("attributes", {})}
