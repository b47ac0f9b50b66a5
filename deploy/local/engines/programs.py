"""Programs that run to their end, and what all Java engines are started with."""

import asyncio
from pathlib import Path

from deploy.local.supervisor import PartFailed

NAMES_OF_COMMANDS = ("initdb", "pg_restore", "pg_dump", "pg_basebackup", "pg_verifybackup", "java")
LIGHT_JAVA = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")


async def run(*command: str, env: dict[str, str] | None = None) -> None:
    """Run a command to its end. Raises PartFailed with the last line it said."""
    child = await asyncio.create_subprocess_exec(
        *command,
        env=env,
        cwd="/",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await child.communicate()
    except asyncio.CancelledError:
        child.kill()
        raise
    if child.returncode:
        lines = said.decode(errors="replace").strip().splitlines() or [f"exit code {child.returncode}"]
        worst = next((line for line in lines if "error" in line.lower()), lines[-1])
        name = next(Path(word).name for word in command if Path(word).name in NAMES_OF_COMMANDS)
        raise PartFailed(f"{name} failed: {worst}")


def archived(classes: Path) -> list[str]:
    """The option that names an archive of loaded classes, when there is one."""
    return [f"-XX:SharedArchiveFile={classes}"] if classes.exists() else []
