"""The identity provider's realm, made from the accounts: claims, audience, sign-in for pages."""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from deploy.local.accounts import (
    AUDIENCE,
    MACHINES,
    PAGES_CLIENT,
    REALM,
    STAFF,
    MachineAccount,
    StaffAccount,
)
from deploy.local.engines import KEEPER_CLIENT, Site
from deploy.local.ports import SERVICES

STAFF_ROLES = sorted({role for person in STAFF for role in person.roles})
WORKING_DAY_SECONDS = 10 * 3600


def realm(site: Site) -> dict[str, Any]:
    """The whole realm. Ids are made from names, so that a second import gives everyone the same `sub`."""
    return {
        "realm": REALM,
        "enabled": True,
        "displayName": "Sigap",
        "internationalizationEnabled": True,
        "supportedLocales": ["id", "en"],
        "defaultLocale": "id",
        "registrationAllowed": False,
        "loginWithEmailAllowed": False,
        "resetPasswordAllowed": False,
        "bruteForceProtected": True,
        "accessTokenLifespan": 900,
        "ssoSessionIdleTimeout": WORKING_DAY_SECONDS,
        "ssoSessionMaxLifespan": WORKING_DAY_SECONDS,
        "roles": {"realm": [{"name": role} for role in STAFF_ROLES]},
        "clients": [*(_machine(account, site) for account in MACHINES), _pages(site), _keeper(site)],
        "scopeMappings": [{"client": PAGES_CLIENT, "roles": STAFF_ROLES}],
        "users": [
            *(_service_account(account.client) for account in MACHINES),
            _service_account(KEEPER_CLIENT) | {"clientRoles": {"realm-management": ["realm-admin"]}},
            *(_person(person, site) for person in STAFF),
        ],
        "components": {"org.keycloak.userprofile.UserProfileProvider": [_user_profile()]},
    }


def _machine(account: MachineAccount, site: Site) -> dict[str, Any]:
    return {
        "clientId": account.client,
        "secret": site.keys.clients[account.client],
        "enabled": True,
        "publicClient": False,
        "serviceAccountsEnabled": True,
        "standardFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "fullScopeAllowed": False,
        "defaultClientScopes": ["basic"],
        "optionalClientScopes": [],
        "protocolMappers": [
            _audience(),
            _fixed("agency", account.agency, "String"),
            _fixed("roles", json.dumps(account.roles), "JSON"),
            _fixed("offices", json.dumps(account.offices), "JSON"),
            _fixed("preferred_username", account.client, "String"),
        ],
    }


def _keeper(site: Site) -> dict[str, Any]:
    """The account by which a start brings a realm that stands to what is written here; agencies do not have it."""
    return {
        "clientId": KEEPER_CLIENT,
        "secret": site.keys.realm,
        "enabled": True,
        "publicClient": False,
        "serviceAccountsEnabled": True,
        "standardFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "fullScopeAllowed": True,
        "defaultClientScopes": ["basic", "roles"],
        "optionalClientScopes": [],
        "protocolMappers": [],
    }


def _pages(site: Site) -> dict[str, Any]:
    homes = [f"http://127.0.0.1:{site.ports[service]}/{service}/*" for service in SERVICES]
    return {
        "clientId": PAGES_CLIENT,
        "enabled": True,
        "publicClient": True,
        "standardFlowEnabled": True,
        "directAccessGrantsEnabled": False,
        "fullScopeAllowed": False,
        "redirectUris": homes,
        "attributes": {"pkce.code.challenge.method": "S256", "post.logout.redirect.uris": "+"},
        "defaultClientScopes": ["basic", "profile"],
        "optionalClientScopes": [],
        "protocolMappers": [
            _audience(),
            _of_user("agency", many=False),
            _of_user("offices", many=True),
            _mapper(
                "roles",
                "oidc-usermodel-realm-role-mapper",
                {"claim.name": "roles", "multivalued": "true"} | _EVERYWHERE,
            ),
        ],
    }


def _service_account(client: str) -> dict[str, Any]:
    username = f"service-account-{client}"
    return {
        "id": _steady_id(username),
        "username": username,
        "enabled": True,
        "serviceAccountClientId": client,
    }


def _person(person: StaffAccount, site: Site) -> dict[str, Any]:
    first, last = person.name.split(" ", 1)
    return {
        "id": _steady_id(person.username),
        "username": person.username,
        "firstName": first,
        "lastName": last,
        "enabled": True,
        "attributes": {"agency": [person.agency], "offices": list(person.offices), "locale": ["id"]},
        "realmRoles": list(person.roles),
        "credentials": [{"type": "password", "value": site.keys.staff, "temporary": False}],
    }


def _steady_id(username: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{REALM}/{username}"))


_EVERYWHERE = {"jsonType.label": "String", "access.token.claim": "true", "id.token.claim": "true"}


def _mapper(name: str, kind: str, config: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "protocol": "openid-connect", "protocolMapper": kind, "config": config}


def _audience() -> dict[str, Any]:
    config = {"included.custom.audience": AUDIENCE, "access.token.claim": "true", "id.token.claim": "false"}
    return _mapper("audience", "oidc-audience-mapper", config)


def _fixed(claim: str, value: str, kind: str) -> dict[str, Any]:
    config = _EVERYWHERE | {"claim.name": claim, "claim.value": value, "jsonType.label": kind}
    return _mapper(claim, "oidc-hardcoded-claim-mapper", config)


def _of_user(claim: str, *, many: bool) -> dict[str, Any]:
    config = _EVERYWHERE | {"claim.name": claim, "user.attribute": claim, "multivalued": str(many).lower()}
    return _mapper(claim, "oidc-usermodel-attribute-mapper", config)


def _user_profile() -> dict[str, Any]:
    """What is known of a person. Only the administrator edits agency and offices: they say who someone is."""
    by_admin = {"permissions": {"view": ["admin"], "edit": ["admin"]}}
    attributes: list[dict[str, Any]] = [
        {"name": "username", "permissions": {"view": ["admin", "user"], "edit": ["admin"]}},
        {"name": "firstName", "permissions": {"view": ["admin", "user"], "edit": ["admin"]}},
        {"name": "lastName", "permissions": {"view": ["admin", "user"], "edit": ["admin"]}},
        {"name": "email", "permissions": {"view": ["admin", "user"], "edit": ["admin"]}},
        {"name": "agency", **by_admin},
        {"name": "offices", "multivalued": True, **by_admin},
    ]
    profile = json.dumps({"attributes": attributes, "unmanagedAttributePolicy": "ADMIN_EDIT"})
    return {"providerId": "declarative-user-profile", "config": {"kc.user.profile.config": [profile]}}
