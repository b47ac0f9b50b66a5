"""Generated requests against every service's own OpenAPI document, on a real database: no fault, nothing undocumented.

Seeded; about 500 cases a service here, 5,000 with a fresh seed by ``make fuzz``. What is checked and why stands in
schemathesis.toml; forms of pages, which no document describes, are in ``tests/integration/test_generated_forms.py``.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from benchmarks.ground import Ground, ground, service_environment, start
from deploy.local.places import CHECKOUT
from deploy.local.ports import SERVICES
from tests.support.seeds import chosen_seed

CASES = int(os.environ.get("SIGAP_FUZZ_CASES", "300"))
SEED = chosen_seed(20)
METHODS = {"get", "post", "put", "patch", "delete"}
ROLES = (
    "caseworker", "section-head", "operator", "auditor", "reporter-agency", "aid-proposer", "aid-approver",
    "aid-verifier", "desk-officer",
)  # fmt: skip
DOCUMENTS = CHECKOUT / "contracts" / "openapi"


def operations_of(service: str) -> int:
    """How many operations the service's committed document has."""
    paths = json.loads((DOCUMENTS / f"{service}.json").read_text())["paths"]
    return sum(method in METHODS for path in paths.values() for method in path)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place() -> AsyncIterator[Ground]:
    async with ground("postgres", "kafka", "temporal") as found:
        yield found


@pytest.mark.parametrize("service", SERVICES)
async def test_generated_requests_find_no_fault(service: str, place: Ground) -> None:
    environment, _ = await service_environment(place, service)
    port = environment[f"{service.upper()}_HTTP_PORT"]
    url = f"http://127.0.0.1:{port}"
    process = await start([f"services.{service}", "api"], environment, url, f"/{service}/health/ready")
    try:
        token = place.issuer.token(roles=ROLES)
        examples = max(CASES // operations_of(service) // 3, 3)
        fuzz = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).parent / "schemathesis"), "run", f"{url}/{service}/openapi.json",
            "--header", f"Authorization: Bearer {token}", "--max-examples", str(examples), "--seed", str(SEED),
            "--generation-database", "none", "--workers", "1",
            cwd=CHECKOUT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output, _ = await fuzz.communicate()
    finally:
        await process.stop()
    print(f"seed {SEED}", output.decode()[-3000:])
    assert fuzz.returncode == 0, output.decode()[-6000:]
