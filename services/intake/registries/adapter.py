"""Dukcapil and BPJS behind one port: questions in the body of a POST, never in an address."""

from datetime import date
from typing import Any, Protocol

import httpx2
from opentelemetry import trace
from opentelemetry.propagate import inject
from opentelemetry.trace import SpanKind

from services.intake.registries.commands import Question
from services.intake.registries.domain import Answer, CheckKind, CheckResult

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
            birth = found.get("birth_date")
            return Answer(
                result=CheckResult(found["result"]),
                nik=found.get("nik"),
                name=found.get("name"),
                birth_date=date.fromisoformat(birth) if birth else None,
                sex=found.get("sex"),
            )
        found = await self._post(f"{self._bpjs_url}/memberships", {"reference": reference, "nik": question.nik})
        return Answer(result=CheckResult(found["result"]))

    async def _post(self, url: str, body: dict[str, Any]) -> dict[str, Any]:
        headers: dict[str, str] = {}
        with _tracer.start_as_current_span("registry POST", kind=SpanKind.CLIENT) as span:
            inject(headers)
            answer = await self._client.post(url, json=body, headers=headers)
            span.set_attribute("http.response.status_code", answer.status_code)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found
