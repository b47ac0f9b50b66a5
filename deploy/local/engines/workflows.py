"""Temporal: the server of the workflows."""

import shutil
import sys
from pathlib import Path

from deploy.local import tools
from deploy.local.engines.site import Site
from deploy.local.probes import HttpAnswers, HttpSpeaks
from deploy.local.supervisor import Part

NAMESPACE = "sigap"
WORKFLOWS = "temporal"
"""The folder of its store: what is in it can be made again from the rows."""
SEARCH_ATTRIBUTES = ("CaseId", "HandoffId", "BatchId", "Agency", "District")


def temporal(site: Site) -> Part:
    """Temporal's development server on a file, with its page."""
    ports = site.ports
    file = site.state / WORKFLOWS / "temporal.db"
    command = shutil.which("temporal", path=str(Path(sys.prefix) / "bin")) or shutil.which("temporal")
    if command is None:
        raise tools.ToolMissing("no Temporal server found: run `make install`")

    async def prepare() -> None:
        file.parent.mkdir(parents=True, exist_ok=True)

    return Part(
        name="temporal",
        command=[
            command, "server", "start-dev", "--ip", "127.0.0.1", "--port", str(ports["temporal"]),
            "--http-port", str(ports["temporal-http"]), "--metrics-port", str(ports["temporal-metrics"]),
            "--ui-port", str(ports["temporal-ui"]), "--ui-disable-news-fetch",
            "--db-filename", str(file), "--namespace", NAMESPACE, "--log-level", "error",
            *(word for name in SEARCH_ATTRIBUTES for word in ("--search-attribute", f"{name}=Keyword")),
            "--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL",
            # The one history shard polls 20 times a second by default, which costs 40 ms per step.
            "--dynamic-config-value", "history.transferProcessorMaxPollRPS=2000",
            "--dynamic-config-value", "history.timerProcessorMaxPollRPS=2000",
            "--dynamic-config-value", "history.visibilityProcessorMaxPollRPS=500",
        ],
        ready=HttpAnswers(ports["temporal-http"], f"/api/v1/namespaces/{NAMESPACE}"),
        alive=HttpSpeaks(ports["temporal-http"]),
        ports=(ports["temporal"], ports["temporal-http"], ports["temporal-metrics"], ports["temporal-ui"]),
        prepare=prepare,
    )  # fmt: skip
