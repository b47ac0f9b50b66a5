"""The whole system on one page: every part, what it waits for, how it shows that it is ready."""

import asyncio
import importlib.util
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from deploy.local.engines import Site, kafka, keycloak, otlp, postgres, temporal, zipkin
from deploy.local.environment import migrator_environment, sandbox_environment, service_environment
from deploy.local.places import CHECKOUT
from deploy.local.ports import APART, SERVICES
from deploy.local.probes import HttpAnswers
from deploy.local.realm import realm
from deploy.local.supervisor import INHERITED, Part, PartFailed

HERE = Path(__file__).parent


def system(site: Site, *, apart: bool = False) -> list[Part]:
    """All parts in the order of the picture. `apart`: each service as its processes instead of one.

    Nothing that a person does needs the trace store: until it is there, the receiver's journal keeps what it will show.
    """
    return [
        postgres(site),
        kafka(site),
        temporal(site),
        replace(zipkin(site), is_awaited=False),
        otlp(site),
        databases(site),
        keycloak(site, realm(site)),
        topics(site),
        pace(site),
        schemas(site),
        *sandbox(site),
        *service(site, "intake", apart=apart),
        *service(site, "casework", apart=apart),
        *service(site, "disbursement", apart=apart),
        *service(site, "notifications", apart=apart),
    ]


def databases(site: Site) -> Part:
    """A database and two roles per service."""
    inputs = [HERE, site.state / "secrets.json"]
    module = "deploy.local.databases"
    return python("databases", module, site, once=True, inputs=inputs, after=["postgres"])


def topics(site: Site) -> Part:
    """Every topic, from the one place that lists them."""
    bootstrap = ["--bootstrap-servers", f"127.0.0.1:{site.ports['kafka']}"]
    inputs = [CHECKOUT / "contracts"]
    return python("topics", "contracts.create_topics", site, bootstrap, once=True, inputs=inputs, after=["kafka"])


def pace(site: Site) -> Part:
    """The districts' packs at the demo's pace: days become seconds where they decide nothing."""
    source, target = CHECKOUT / "deploy" / "districts", site.state / "districts"
    inputs = [source, CHECKOUT / "deploy" / "sandbox"]
    return python("pace", "deploy.sandbox.pace", site, [str(source), str(target)], once=True, inputs=inputs, after=[])


def schemas(site: Site) -> Part:
    """The tables and district packs of all services, made in one process: what they import is loaded once."""
    environment = {
        name: value
        for service in present()
        for name, value in {
            **service_settings(service, site),
            **migrator_environment(service, site.ports, site.keys),
        }.items()
        if name.startswith(f"{service.upper()}_")
    }
    inputs = [CHECKOUT / "services", CHECKOUT / "deploy" / "districts", CHECKOUT / "deploy" / "sandbox"]
    module, after = "deploy.local.schemas", ["databases", "pace"]
    return python("schemas", module, site, present(), env=environment, once=True, inputs=inputs, after=after)


def sandbox(site: Site) -> list[Part]:
    """Simulated agencies, bank and gateway, apart from the services. They try until they may sign in."""
    if not _exists("deploy.sandbox.__main__"):
        return []
    port = site.ports["sandbox"]
    environment = sandbox_environment(site.ports, site.keys)
    ready = HttpAnswers(port, "/health/ready")
    return [
        python(
            "sandbox", "deploy.sandbox", site, env=environment, ready=ready, alive=ready, ports=(port,), after=["otlp"]
        )
    ]


def service(site: Site, name: str, *, apart: bool) -> list[Part]:
    """One service: its processes."""
    module = f"services.{name}"
    if name not in present():
        return []
    environment = service_settings(name, site)
    ground = ["otlp", "topics", "schemas", *(["temporal"] if "worker" in APART[name] else [])]
    port = site.ports[name]
    kind, own_name = ("api", f"{name}-api") if apart else ("all", name)
    ready, alive = HttpAnswers(port, f"/{name}/health/ready"), HttpAnswers(port, f"/{name}/health/live")
    parts = [
        python(own_name, module, site, [kind], env=environment, ready=ready, alive=alive, ports=(port,), after=ground)
    ]
    for kind in APART[name] if apart else ():
        port = site.ports[f"{name}-{kind}"]
        own = environment | {f"{name.upper()}_OPS_PORT": str(port)}
        ready, alive = HttpAnswers(port, f"/{name}/health/ready"), HttpAnswers(port, f"/{name}/health/live")
        parts.append(
            python(
                f"{name}-{kind}", module, site, [kind], env=own, ready=ready, alive=alive, ports=(port,), after=ground
            )
        )
    return parts


def service_settings(name: str, site: Site) -> dict[str, str]:
    """A service's variables, with the packs at the demo's pace."""
    packs = {f"{name.upper()}_DISTRICT_PACKS": str(site.state / "districts")}
    return service_environment(name, site.ports, site.keys) | packs


async def run_service(site: Site, name: str, arguments: Sequence[str]) -> None:
    """One command of a service, with what it says printed behind its name. Raises PartFailed with its last line."""
    inherited = {variable: os.environ[variable] for variable in INHERITED if variable in os.environ}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"services.{name}", *arguments),
        cwd=CHECKOUT,
        env=inherited | service_settings(name, site) | {"OTEL_SDK_DISABLED": "true", "SIGAP_STATE": str(site.state)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await child.communicate()
    if child.returncode:
        lines = said.decode(errors="replace").strip().splitlines() or [f"exit code {child.returncode}"]
        raise PartFailed(f"{name} {arguments[0]} failed: {lines[-1]}")
    for line in said.decode(errors="replace").splitlines():
        print(f"  {name:<14} {line}", flush=True)


def present() -> list[str]:
    """The services of this checkout."""
    return [name for name in SERVICES if _exists(f"services.{name}.__main__")]


def python(
    name: str,
    module: str,
    site: Site,
    arguments: Sequence[str] = (),
    *,
    after: list[str],
    env: dict[str, str] | None = None,
    ready: HttpAnswers | None = None,
    alive: HttpAnswers | None = None,
    ports: tuple[int, ...] = (),
    once: bool = False,
    inputs: Sequence[Path] = (),
) -> Part:
    """A part that is one of our own modules."""
    return Part(
        name=name,
        command=[sys.executable, "-m", module, *arguments],
        env={"PYTHONUNBUFFERED": "1", "SIGAP_STATE": str(site.state), "TZ": "UTC"} | (env or {}),
        after=after,
        ready=ready,
        alive=alive,
        ports=ports,
        once=once,
        inputs=inputs,
    )


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
