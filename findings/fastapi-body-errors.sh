#!/usr/bin/env bash
# fastapi 0.165.0: whatever is raised while the body of a request is read becomes 400 «There was an error parsing the body»,
# also an error of ours that has a handler of its own. A time-out or a size limit that a middleware enforces by raising from
# `receive` never reaches its handler (408 here); it has to send its answer itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check fastapi==0.165.0 httpx==0.28.1
"$folder/venv/bin/python" -W ignore - <<'PY'
import asyncio

import httpx
from fastapi import Body, FastAPI
from fastapi.responses import JSONResponse


class TooSlow(Exception):
    """The sender stalled."""


class Timed:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        async def stalled():
            raise TooSlow

        await self.app(scope, stalled if scope["type"] == "http" else receive, send)


app = FastAPI()
app.add_middleware(Timed)


@app.exception_handler(TooSlow)
async def too_slow(request, error):
    return JSONResponse({"code": "too_slow"}, 408)


@app.post("/reports")
async def post_report(body: dict = Body()):
    return body


async def ask():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sigap") as client:
        return await client.post("/reports", json={"kind": "ODGJ"})


answer = asyncio.run(ask())
print(answer.status_code, answer.text)
assert answer.status_code == 400, "changed"
assert "parsing the body" in answer.text, "changed"
PY
