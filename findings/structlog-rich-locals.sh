#!/usr/bin/env bash
# structlog 26.1.0 as it comes, with rich 15.0.0 installed by whatever else needs it: an error that is logged is drawn with
# the variables of every frame. One that came through SQLAlchemy 2.1.9's asyncpg dialect takes over two seconds of CPU and
# 84,000 characters, where the plain traceback takes 2 ms and 7,000. Nothing of it is configured: rich need only be there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check structlog==26.1.0 rich==15.0.0 "sqlalchemy[asyncio]==2.1.9" asyncpg==0.32.0
"$folder/venv/bin/python" - <<'PY'
import asyncio
import contextlib
import io
import time

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine


async def fail() -> Exception:
    """Nobody listens on port 1."""
    engine = create_async_engine("postgresql+asyncpg://nobody@127.0.0.1:1/none")
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except Exception as error:
        return error
    raise AssertionError


def logged(error: Exception) -> tuple[float, str]:
    """CPU seconds of one line, and the line."""
    said = io.StringIO()
    begun = time.process_time()
    with contextlib.redirect_stdout(said):
        structlog.get_logger().error("database_away", exc_info=error)
    return time.process_time() - begun, said.getvalue()


error = asyncio.run(fail())
drawn, line = logged(error)
structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])
plain, other = logged(error)
print(f"as it comes: {drawn:.2f} s of CPU, {len(line):,} characters; with plain_traceback: {plain:.4f} s, {len(other):,}")
assert len(line) > 5 * len(other) and "locals" in line and drawn > 20 * plain, "changed"
PY
