"""Every example of docs/api.md is run as it stands there: curl in bash and Python, by an agency's machine account."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from services.casework.case.cases.commands import give_task
from services.casework.case.cases.tables import Case
from services.casework.desks.tasks.domain import TaskKind
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.principal import system_principal
from tests.support.casework.agencies import LAWANG, OFFICE, SOEGIRI
from tests.support.casework.asking import ask
from tests.support.casework.desk import Desk
from tests.support.casework.scans import PDF
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.loopback import Answers, serving
from tests.support.on_a_port import on_a_port
from tests.support.services import Bench

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text()
STEP = re.compile(r"^### (?P<title>.+?)$(?P<text>.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"```(bash|python)\n(.*?)```", re.DOTALL)
STEPS = {step["title"]: dict(BLOCK.findall(step["text"])) for step in STEP.finditer(PAGE) if BLOCK.search(step["text"])}
SIGN_IN = "Sign in"
SECRET = "a-secret-of-this-test"
LANGUAGES = {"bash": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}


@pytest.fixture(scope="module")
def token_url(issuer: Issuer) -> Any:
    """A provider's token endpoint for client credentials."""

    class Provider(Answers):
        def do_POST(self) -> None:
            form = {name: values[0] for name, values in parse_qs(self.body().decode()).items()}
            if (form.get("grant_type"), form.get("client_secret")) != ("client_credentials", SECRET):
                self.say(401, b'{"error": "invalid_client"}')
                return
            self.say(200, json.dumps({"access_token": issuer.machine(form["client_id"])}).encode())

    with serving(Provider) as url:
        yield f"{url}/token"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def address(casework: Bench) -> AsyncIterator[str]:
    """Casework on a port, for programs outside of this process."""
    async with on_a_port(casework) as url:
        yield url


class Ground:
    """What a step of the page finds when a program comes to it."""

    def __init__(self, casework: Bench, issuer: Issuer, case_id: UUID, folder: Path) -> None:
        self.casework, self.case_id, self.folder = casework, case_id, folder
        self.office = Desk(casework, issuer, OFFICE, "section-head")
        self.hospital = Desk(casework, issuer, SOEGIRI)

    async def asked(self) -> dict[str, str]:
        return {"HANDOFF": (await ask(self.office, self.case_id))["handoff_id"]}

    async def feed(self) -> dict[str, str]:
        since = clock.utc_now().isoformat().replace("+00:00", "Z")
        handoff = (await self.asked())["HANDOFF"]

        async def told() -> Any:
            return await self.casework.value("SELECT count(*) FROM feed WHERE body::text LIKE $1", f"%{handoff}%")

        await eventually(told, what="the feed's line")
        return {"HANDOFF": handoff, "AFTER": "0", "SINCE": since}

    async def accepted(self) -> dict[str, str]:
        found = await self.asked()
        await self.hospital.move(found["HANDOFF"], "acceptance")
        return found

    async def arrived(self) -> dict[str, str]:
        found = await self.accepted()
        await self.hospital.move(found["HANDOFF"], "arrival", ba_number=f"BA/{uuid4().int % 10**8}")
        return found

    async def spoken(self) -> dict[str, str]:
        found = await self.asked()
        said: dict[str, Any] = {"spoke_with": "Kepala ruang", "role": "HEAD_NURSE", "phone": "0322 111222"}
        await self.office.move(
            found["HANDOFF"], "spoken-answer", move="accept", happened_at=clock.utc_now().isoformat(), **said
        )
        return found

    async def with_scan(self) -> dict[str, str]:
        scan = self.folder / "serah-terima.pdf"
        scan.write_bytes(PDF)
        return {**await self.arrived(), "FILE": str(scan)}

    async def task(self) -> dict[str, str]:
        async def work(uow: UnitOfWork) -> None:
            case = await uow.locked(Case, self.case_id)
            await give_task(case, TaskKind.PHONE_CALL, step, uow)

        step = f"page:{uuid4()}"
        await self.casework.units.perform(work, principal=system_principal("test"))
        task = await self.casework.value(
            "SELECT id FROM tasks WHERE about_id = $1 AND state = 'open' AND kind = 'PHONE_CALL'", self.case_id
        )
        return {"TASK": str(task), "SIGAP_CLIENT_ID": OFFICE}

    async def sent(self) -> dict[str, str]:
        handoff = await ask(self.office, self.case_id, LAWANG, from_agency=SOEGIRI)
        return {"HANDOFF": handoff["handoff_id"]}


PREPARED: dict[str, tuple[Callable[[Ground], Awaitable[dict[str, str]]], str]] = {
    "Read the feed": (Ground.feed, "requested"),
    "Say that you saw it": (Ground.asked, "received"),
    "Say yes": (Ground.asked, "accepted"),
    "Say yes, if": (Ground.asked, "accepted"),
    "Say no": (Ground.asked, "rejected"),
    "Tell of the arrival": (Ground.accepted, "arrived"),
    "Work, give news, give the result": (Ground.arrived, "completed"),
    "Take a mis-click back": (Ground.accepted, "received"),
    "Contest an answer that others recorded for you": (Ground.spoken, "requested"),
    "Hand in and fetch documents": (Ground.with_scan, "arrived"),
    "Finish a task": (Ground.task, "done"),
    "When you are the sender": (Ground.sent, "expired"),
    "Read a refusal": (Ground.asked, "requested"),
}
"""For each step: what is there before it, and the state of the hand-off, or task, after it."""


def test_every_step_of_the_page_is_run_in_both_languages() -> None:
    assert STEPS.keys() - {SIGN_IN} == PREPARED.keys()
    assert all(blocks.keys() == {"bash", "python"} for blocks in STEPS.values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", PREPARED)
async def test_an_example_of_the_page_does_what_its_step_says(
    casework: Bench,
    issuer: Issuer,
    case_id: UUID,
    address: str,
    token_url: str,
    tmp_path: Path,
    step: str,
    language: str,
) -> None:
    prepare, ends = PREPARED[step]
    found = await prepare(Ground(casework, issuer, case_id, tmp_path))
    code, said = await _run(language, step, address, token_url, found)
    assert code == 0, said
    sql = "SELECT state FROM tasks WHERE id = $1" if "TASK" in found else "SELECT state FROM handoffs WHERE id = $1"
    assert await casework.value(sql, UUID(found.get("TASK") or found["HANDOFF"])) == ends, said
    if "AFTER" in found:
        assert found["HANDOFF"] in said


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_example_that_is_refused_ends_with_an_error(
    casework: Bench, issuer: Issuer, case_id: UUID, address: str, token_url: str, tmp_path: Path, language: str
) -> None:
    found = await Ground(casework, issuer, case_id, tmp_path).asked()
    code, _ = await _run(language, "Tell of the arrival", address, token_url, found)
    assert code != 0
    wrong = {**found, "SIGAP_CLIENT_SECRET": "another"}
    code, _ = await _run(language, "Say yes", address, token_url, wrong)
    assert code != 0


async def _run(language: str, step: str, address: str, token_url: str, found: dict[str, str]) -> tuple[int, str]:
    script = f"{STEPS[SIGN_IN][language]}\n{STEPS[step][language]}"
    process = await asyncio.create_subprocess_exec(
        *LANGUAGES[language],
        script,
        env={
            "PATH": os.environ["PATH"],
            "SIGAP_TOKEN_URL": token_url,
            "SIGAP_CASEWORK_URL": address,
            "SIGAP_CLIENT_ID": SOEGIRI,
            "SIGAP_CLIENT_SECRET": SECRET,
            **found,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, said.decode(errors="replace")
