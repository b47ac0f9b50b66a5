"""Who is calling, and whether a route lets them in.

Tokens come from any OpenID Connect provider: issuer, audience, expiry and algorithm are checked, the ``typ`` is not.
The provider's keys are fetched without blocking, kept for minutes, fetched again for an unknown key at most every half
minute, and served stale while the provider is away.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Annotated, Any

import httpx2
from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from services.chassis.errors import Forbidden, Unauthenticated, Unavailable
from services.chassis.principal import Principal

Policy = Mapping[str, frozenset[str]]
"""Permission -> roles that have it."""

KEYS_FRESH_SECONDS = 600
REFETCH_SECONDS = 30
TOKENS_REMEMBERED = 4096
ALGORITHMS = ["RS256", "ES256", "PS256"]


class TokenIsExpired(Unauthenticated):
    """The token was good once."""

    text = "Token sudah kedaluwarsa."
    advice = "Minta token baru dari penyedia identitas."


class TokenIsNotValid(Unauthenticated):
    """Not signed by our provider, not for us, or not a token at all."""

    text = "Token tidak sah."
    advice = "Pakai token dari penyedia identitas daerah ini dengan audience yang benar."


class IdentityProviderIsAway(Unavailable):
    """No keys to check tokens with."""

    text = "Penyedia identitas tidak dapat dihubungi."


class TokenVerifier:
    """Checks bearer tokens and turns them into principals."""

    def __init__(self, issuer: str, audience: str, client: httpx2.AsyncClient | None = None) -> None:
        self._issuer = issuer.rstrip("/")
        self._audience = audience
        self._client = client or httpx2.AsyncClient(timeout=5)
        self._keys: KeySet | None = None
        self._fetched_at = 0.0
        self._tried_at = float(-REFETCH_SECONDS)
        self._known: OrderedDict[str, tuple[float, Principal]] = OrderedDict()

    async def verify(self, token: str) -> Principal:
        """The principal of a token. Raises ``TokenIsExpired``, ``TokenIsNotValid``, ``IdentityProviderIsAway``."""
        known = self._known.get(token)
        if known is not None:
            if known[0] <= time.time():
                raise TokenIsExpired
            return known[1]
        claims = await self.claims(token)
        principal = principal_of(claims)
        self._known[token] = (float(claims["exp"]), principal)
        if len(self._known) > TOKENS_REMEMBERED:
            self._known.popitem(last=False)
        return principal

    async def claims(self, token: str) -> Mapping[str, Any]:
        """What a token says, once signature, issuer, audience and times are found good. Raises as ``verify`` does."""
        keys = await self._key_set(refetch=False)
        try:
            try:
                decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
            except (ValueError, JoseError):
                keys = await self._key_set(refetch=True)
                decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        except (ValueError, JoseError, TypeError, KeyError, AttributeError):
            raise TokenIsNotValid from None
        claims = decoded.claims
        if not isinstance(claims, dict):
            raise TokenIsNotValid
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        expires = claims.get("exp")
        begins = claims.get("nbf", 0)
        if claims.get("iss") != self._issuer or self._audience not in audiences:
            raise TokenIsNotValid
        if not isinstance(expires, int | float) or not isinstance(begins, int | float):
            raise TokenIsNotValid
        if not (math.isfinite(expires) and math.isfinite(begins)):
            raise TokenIsNotValid
        if expires <= time.time():
            raise TokenIsExpired
        if begins > time.time() + 30:
            raise TokenIsNotValid
        return claims

    async def _key_set(self, *, refetch: bool) -> KeySet:
        now = time.monotonic()
        is_stale = self._keys is None or now - self._fetched_at > KEYS_FRESH_SECONDS
        if (is_stale or refetch) and (self._keys is None or now - self._tried_at > REFETCH_SECONDS):
            self._tried_at = now
            try:
                found = await self._client.get(f"{self._issuer}/.well-known/openid-configuration")
                found.raise_for_status()
                keys = await self._client.get(found.json()["jwks_uri"])
                keys.raise_for_status()
                self._keys = KeySet.import_key_set(keys.json())
                self._fetched_at = now
            except (httpx2.HTTPError, KeyError, ValueError):
                pass
        if self._keys is None:
            raise IdentityProviderIsAway
        return self._keys


def principal_of(claims: Mapping[str, Any]) -> Principal:
    """The principal that a token's claims describe. An agency's program acts under its agency's code.

    Raises ``TokenIsNotValid`` when a claim has another shape than ours, an office that is no region code included.
    """
    try:
        said = _Claims.model_validate(dict(claims))
    except ValidationError:
        raise TokenIsNotValid from None
    roles = frozenset(said.roles)
    return Principal(
        actor=f"agency:{said.agency}" if "agency" in roles else f"staff:{said.sub}",
        agency=said.agency,
        roles=roles,
        offices=said.offices,
        display_name=said.name or said.preferred_username,
    )


def _parted(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value or ()


_Listed = BeforeValidator(_parted)
_Office = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}(\.[0-9]{2})?$")]


class _Claims(BaseModel):
    """Who a token is about; offices are codes of a province (``PP``) or of a district (``PP.KK``)."""

    model_config = ConfigDict(hide_input_in_errors=True)

    sub: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[!-~]+$")]
    agency: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$", max_length=64)]
    roles: Annotated[tuple[str, ...], _Listed] = ()
    offices: Annotated[tuple[_Office, ...], _Listed] = ()
    name: str = ""
    preferred_username: str = ""


class RoleIsNotAllowed(Forbidden):
    """The caller's roles do not include one that may do this."""


class Requires(HTTPBearer):
    """A route's need: a permission from the service's policy. Tests read it off the routes."""

    def __init__(self, permission: str) -> None:
        super().__init__(
            auto_error=False,
            scheme_name="HTTPBearer",
            description="Token OpenID Connect dari penyedia identitas daerah",
        )
        self.permission = permission

    async def __call__(self, request: Request) -> Principal:  # type: ignore[override]
        """The caller, when allowed. Raises ``Unauthenticated`` or ``RoleIsNotAllowed``."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated
        principal: Principal = request.app.state.offices.confine(await request.app.state.verifier.verify(token))
        check(principal, self.permission, request.app.state.policy)
        spend(request, principal)
        request.state.principal = principal
        return principal


def requires(permission: str) -> Any:
    """What a route depends on: ``caller: Annotated[Principal, requires("report:create")]``."""
    return Depends(Requires(permission))


def spend(request: Request, principal: Principal) -> None:
    """Count a request against the quotas of the caller's district. Raises ``QuotaIsSpent``."""
    state = request.app.state
    operation = f"{request.method} {request.scope['route'].path}"
    state.counter.spend(state.offices.quotas_of(principal), principal, operation, request.url.path)


def check(principal: Principal, permission: str, policy: Policy) -> None:
    """Raise ``RoleIsNotAllowed`` unless one of the principal's roles has the permission; unknown ones nobody has."""
    if not principal.roles & policy.get(permission, frozenset()):
        raise RoleIsNotAllowed(permission=permission)
