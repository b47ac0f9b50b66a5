"""An agency at its program: waits for what it is asked, and answers."""

from typing import Any
from uuid import UUID, uuid4

from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench


class Desk:
    """An agency's program answering through the public API."""

    def __init__(self, bench: Bench, issuer: Issuer, agency: str, *roles: str) -> None:
        self._bench = bench
        self.agency = agency
        token = issuer.token(f"desk-{agency}", agency=agency, roles=roles or ("agency",))
        self._headers = {"Authorization": f"Bearer {token}"}

    async def open_handoff(self, report_id: UUID, purpose: str, state: str = "requested") -> str:
        """Wait until the agency has such a hand-off."""

        async def find() -> Any:
            rows = await self._bench.rows(
                "SELECT id FROM handoffs WHERE correlation_id = $1 AND purpose = $2 AND to_agency = $3 AND state = $4",
                report_id,
                purpose,
                self.agency,
                state,
            )
            return str(rows[0]["id"]) if rows else None

        return str(await eventually(find, what=f"{purpose} at {self.agency}"))

    async def move(self, handoff_id: str, path: str, expect: int = 200, **body: Any) -> Any:
        """Answer."""
        answer = await self.send(f"/handoffs/{handoff_id}/{path}", **body)
        assert answer.status_code == expect, answer.text
        return answer.json()

    async def carry_out(self, report_id: UUID, purpose: str, result: str, *, moves_person: bool = True) -> str:
        """From the request to the result."""
        handoff_id = await self.open_handoff(report_id, purpose)
        await self.move(handoff_id, "acceptance")
        if moves_person:
            await self.move(handoff_id, "arrival", ba_number=f"BA/{uuid4().int % 10**8}")
        await self.move(handoff_id, "start")
        await self.move(handoff_id, "completion", result_code=result)
        return handoff_id

    async def open_task(self, report_id: UUID, kind: str) -> Any:
        """Wait until the agency has such a task; its row."""

        async def find() -> Any:
            rows = await self._bench.rows(
                "SELECT * FROM tasks WHERE correlation_id = $1 AND kind = $2 AND agency = $3 AND state = 'open'",
                report_id,
                kind,
                self.agency,
            )
            return rows[0] if rows else None

        return await eventually(find, what=f"{kind} at {self.agency}")

    async def do_task(self, report_id: UUID, kind: str, result: str) -> None:
        """Do what the desk was given to do."""
        task = await self.open_task(report_id, kind)
        await self.post(f"/tasks/{task['id']}/completion", result_code=result)

    async def get(self, path: str, expect: int = 200) -> Any:
        """Read."""
        answer = await self._bench.client.get(path, headers=self._headers)
        assert answer.status_code == expect, answer.text
        return answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        """Write."""
        answer = await self.send(path, **body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def send(self, path: str, **body: Any) -> Any:
        """Write, whatever the answer."""
        headers = {**self._headers, "Idempotency-Key": str(uuid4())}
        return await self._bench.client.post(path, json=body, headers=headers)
