"""What one modest server has to give for the whole, after an operation with all its cases."""

import asyncio
import os
import re
import sys
from typing import Any

from deploy.local.places import CHECKOUT
from tests.support.whole_system import System

MEMORY_LIMIT_MIB = 3 * 1024
STATE_LIMIT_MIB = 2 * 1024


async def test_the_whole_fits_a_modest_server(system: System, cases: list[dict[str, Any]]) -> None:
    assert cases
    asked = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.local", "status", cwd=CHECKOUT, stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"SIGAP_STATE": str(system.site.state)},
    )  # fmt: skip
    said = (await asyncio.wait_for(asked.communicate(), 60))[0].decode()
    (memory,) = re.findall(r"(\d+) MiB in all", said)
    files = (file for file in system.site.state.rglob("*") if file.is_file())
    disk = sum(file.stat().st_blocks * 512 for file in files) / 2**20
    print(f"memory of the whole {memory} MiB, state on disk {disk:.0f} MiB, {len(cases)} cases")
    assert int(memory) < MEMORY_LIMIT_MIB
    assert disk < STATE_LIMIT_MIB
