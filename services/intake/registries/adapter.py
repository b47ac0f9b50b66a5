"""Dukcapil and BPJS behind one port: questions in the body of a POST, never in an address."""

import re
from typing import Any, Protocol

import httpx2
import orjson
from opentelemetry import trace
from opentelemetry.propagate import inject
from opentelemetry.trace import SpanKind

from contracts.values import Sex
from services.intake.registries.commands import Question
from services.intake.registries.domain import Answer, CheckKind, CheckResult, read_date

NIK = re.compile(r"[0-9]{16}")
AS_TOLD_CHARACTERS = 2000
REFUSES_THE_QUESTION = (400, 404, 409, 410, 422)
_tracer = trace.get_tracer("sigap.registries")


class Registry(Protocol):
    """A registry that can be asked again with the same reference as often as one likes."""

    async def ask(self, reference: str, question: Question) -> Answer:
        """The answer now. Raises ``httpx2.HTTPError`` when the registry is away."""
        ...


class HttpRegistries:
    """The registries by HTTP, as their sandbox and their agreed interface speak it."""

    def __init__(self, dukcapil_url: str, bpjs_url: str, timeout_seconds: float) -> None:
        self._dukcapil_url = dukcapil_url.rstrip("/")
        self._bpjs_url = bpjs_url.rstrip("/")
        self._client = httpx2.AsyncClient(timeout=timeout_seconds)

    async def ask(self, reference: str, question: Question) -> Answer:
        """Ask whom the kind of question belongs to."""
        if question.kind == CheckKind.IDENTITY:
            body = {"reference": reference, "nik": question.nik, "name": question.name}
            found = await self._post(f"{self._dukcapil_url}/identifications", body)
            return _identity(found)
        found = await self._post(f"{self._bpjs_url}/memberships", {"reference": reference, "nik": question.nik})
        return Answer(CheckResult.read(found.get("result")), as_told=_as_told(found))

    async def _post(self, url: str, body: dict[str, Any]) -> dict[str, Any]:
        """What was answered. A refusal of the question itself is an answer, too: asked again it would be the same."""
        headers: dict[str, str] = {}
        with _tracer.start_as_current_span("registry POST", kind=SpanKind.CLIENT) as span:
            inject(headers)
            answer = await self._client.post(url, json=body, headers=headers)
            span.set_attribute("http.response.status_code", answer.status_code)
        if answer.status_code not in REFUSES_THE_QUESTION:
            answer.raise_for_status()
        found = answer.json() if answer.is_success else None
        return found if isinstance(found, dict) else {"refused": answer.status_code}


def _identity(found: dict[str, Any]) -> Answer:
    """An identity as told; one that cannot be read whole is no match."""
    result, words = CheckResult.read(found.get("result")), _as_told(found)
    told = {name: str(found[name]) for name in ("nik", "name", "birth_date", "sex") if found.get(name)}
    birth = read_date(told["birth_date"]) if "birth_date" in told else None
    is_whole = NIK.fullmatch(told.get("nik", "")) and told.get("name") and (birth or "birth_date" not in told)
    if result == CheckResult.MATCHED and not is_whole:
        result = CheckResult.UNKNOWN
    sex = told.get("sex") if told.get("sex") in (Sex.MALE, Sex.FEMALE) else None
    return Answer(result, told.get("nik"), told.get("name"), birth, sex, words)


def _as_told(found: dict[str, Any]) -> str:
    return orjson.dumps(found).decode()[:AS_TOLD_CHARACTERS]
