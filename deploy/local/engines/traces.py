"""Where traces are kept and shown."""

import sys

from deploy.local import tools
from deploy.local.engines.programs import LIGHT_JAVA, archived
from deploy.local.engines.site import Site
from deploy.local.probes import HttpAnswers, HttpSpeaks
from deploy.local.supervisor import Part


def zipkin(site: Site) -> Part:
    """Zipkin's store, in memory, and its page."""
    port = site.ports["zipkin"]
    return Part(
        name="zipkin",
        command=[
            tools.java(),
            "-Xms32m",
            "-Xmx384m",
            *LIGHT_JAVA,
            *archived(tools.zipkin_classes()),
            *("-cp", tools.zipkin_class_path(), "zipkin.server.ZipkinServer"),
            # Only these three keys bind to the loopback address; QUERY_PORT would listen everywhere.
            "--armeria.ports[0].ip=127.0.0.1",
            f"--armeria.ports[0].port={port}",
            "--armeria.ports[0].protocols[0]=http",
            "--zipkin.ui.default-lookback=86400000",
            "--zipkin.ui.query-limit=50",
        ],
        env={"STORAGE_TYPE": "mem", "MEM_MAX_SPANS": "100000"},
        ready=HttpAnswers(port, "/health"),
        alive=HttpSpeaks(port),
        ports=(port,),
    )


def otlp(site: Site) -> Part:
    """Our OTLP receiver: a journal on disk in front of Zipkin."""
    port = site.ports["otlp"]
    return Part(
        name="otlp",
        command=[sys.executable, "-m", "deploy.observability"],
        env={
            "OTLP_PORT": str(port),
            "OTLP_JOURNAL": str(site.state / "traces"),
            "OTLP_ZIPKIN_URL": f"http://127.0.0.1:{site.ports['zipkin']}",
        },
        ready=HttpAnswers(port, "/health"),
        alive=HttpSpeaks(port),
        ports=(port,),
    )
