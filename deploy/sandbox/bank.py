"""The bank as disbursement's rail meets it: a file once, then its statement."""

import csv
import hashlib
import io
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Request, Response

from deploy.sandbox.knobs import Switchboard
from deploy.sandbox.memory import Memory


def bank_router(memory: Memory, switchboard: Switchboard) -> APIRouter:
    """``POST /bank/files``, ``GET /bank/files/{id}``, ``GET /bank/files/{id}/statement``, and what the bank paid."""
    router = APIRouter(prefix="/bank")

    @router.post("/files", status_code=202)
    async def take_file(request: Request, idempotency_key: Annotated[str, Header()]) -> dict[str, Any]:
        """Pay each line of a file once, however often the file comes."""
        await switchboard.pass_through("bank")
        body = await request.body()
        digest = hashlib.sha256(body).hexdigest()
        known = memory.get("file", idempotency_key)
        if known is not None and known["file_digest"] != digest:
            raise HTTPException(409, "another file came under this key")
        lines = list(csv.DictReader(io.StringIO(body.decode())))
        for line in lines:
            paid = memory.get("payment", line["payment_id"]) or {
                "times": 0,
                "amount": line["amount_rupiah"],
                "files": [],
            }
            if idempotency_key not in paid["files"]:
                paid["times"] += 1
                paid["files"].append(idempotency_key)
                memory.put("payment", line["payment_id"], paid)
        kept = memory.keep_first("file", idempotency_key, {"file_digest": digest, "lines": lines, "asked": 0})
        return {"file_digest": kept["file_digest"], "lines": len(lines)}

    @router.get("/files/{file_id}")
    async def show_file(file_id: str) -> dict[str, Any]:
        """Whether the bank has the file."""
        await switchboard.pass_through("bank")
        known = memory.get("file", file_id)
        if known is None:
            raise HTTPException(404, "never received")
        return {"file_digest": known["file_digest"], "lines": len(known["lines"])}

    @router.get("/files/{file_id}/statement")
    async def statement(file_id: str) -> Response:
        """The statement, from the second time somebody asks."""
        knobs = await switchboard.pass_through("bank")
        known = memory.get("file", file_id)
        if known is None:
            raise HTTPException(404, "never received")
        known["asked"] += 1
        memory.put("file", file_id, known)
        if known["asked"] < 2:
            return Response(status_code=202)
        out = io.StringIO()
        writer = csv.DictWriter(out, ["payment_id", "amount", "status", "bank_reference", "reason"])
        writer.writeheader()
        for line in known["lines"] * (2 if knobs.twice else 1):
            writer.writerow(
                {
                    "payment_id": line["payment_id"],
                    "amount": str(int(line["amount_rupiah"]) + (1 if knobs.wrong else 0)),
                    "status": "CREDITED",
                    "bank_reference": f"BJ{line['payment_id'][:8].upper()}",
                    "reason": "",
                }
            )
        return Response(out.getvalue(), media_type="text/csv")

    @router.get("/payments")
    async def payments() -> list[dict[str, Any]]:
        """Every payment with how often it was paid: what the journey's invariant looks at."""
        return memory.all("payment")

    return router
