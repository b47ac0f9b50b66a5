"""A service of which one part fails while one of its threads never ends, as a full disk once left it."""

import asyncio
import sys
import threading
from dataclasses import replace

from services.chassis.launch import load
from services.chassis.processes import main
from services.chassis.service import Running


async def fail(_running: Running, _stop: asyncio.Event) -> None:
    """Leave a thread behind, work for a while, then fail."""
    threading.Thread(target=threading.Event().wait).start()
    await asyncio.sleep(3)
    raise OSError("no space left on device")


if __name__ == "__main__":
    service = load("casework")
    sys.exit(main(replace(service, background=[*service.background, fail])))
