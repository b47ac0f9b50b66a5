"""Keycloak, and which realm it holds."""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

from deploy.local import tools
from deploy.local.engines.programs import LIGHT_JAVA, archived
from deploy.local.engines.site import Site
from deploy.local.places import write_whole
from deploy.local.probes import HttpAnswers, HttpSpeaks
from deploy.local.supervisor import Part

KEEPER_CLIENT = "sigap-keeper"


def keycloak(site: Site, realm: dict[str, Any] | None) -> Part:
    """Keycloak on our PostgreSQL, with a realm; without one only its own, as a model for new databases.

    The realm is imported into a fresh database only. One that stands and is not as wanted is changed where it stands.
    """
    port, management = site.ports["keycloak"], site.ports["keycloak-management"]
    home, installed = site.state / "keycloak", tools.keycloak_home()

    async def prepare() -> None:
        home.mkdir(parents=True, exist_ok=True)
        (home / "lib").unlink(missing_ok=True)
        (home / "lib").symlink_to(installed / "lib")
        shutil.copytree(installed / "conf", home / "conf", dirs_exist_ok=True)
        (home / "providers").mkdir(exist_ok=True)
        if realm is not None:
            write_whole(home / "data" / "import" / "sigap.json", json.dumps(realm), mode=0o600)

    async def settle() -> None:
        if realm is None or realm_standing(site) == realm_digest(realm):
            return
        if realm_standing(site) is not None:
            from deploy.local.engines.standing_realm import change_realm  # loaded late: rarely needed

            await change_realm(f"http://127.0.0.1:{port}", realm)
        write_realm_standing(site, realm_digest(realm))

    java = [tools.java(), "-Xms64m", "-Xmx384m", *LIGHT_JAVA, *KEYCLOAK_JAVA]
    folders = [f"-Dkc.home.dir={home}", f"-Djboss.server.config.dir={home / 'conf'}"]
    options = [
        "--cache=local",
        "--http-enabled=true",
        "--http-host=127.0.0.1",
        f"--http-port={port}",
        f"--http-management-port={management}",
        f"--hostname=http://127.0.0.1:{port}",
        "--db-pool-min-size=1",
        "--db-pool-max-size=10",
        "--log-level=warn",
    ]
    if realm is not None and realm_standing(site) is None:
        options.append("--import-realm")
    return Part(
        name="keycloak",
        command=[
            *java,
            *archived(tools.keycloak_classes()),
            *folders,
            # The archive of classes holds for one path: not the state folder's link.
            *("-cp", str(installed / "lib" / "quarkus-run.jar")),
            *("io.quarkus.bootstrap.runner.QuarkusEntryPoint", "start", "--optimized"),
            *options,
        ],
        env={
            "KC_DB_URL": f"jdbc:postgresql://127.0.0.1:{site.ports['postgres']}/keycloak",
            "KC_DB_USERNAME": "keycloak",
            "KC_DB_PASSWORD": site.keys.databases["keycloak"],
        },
        after=["databases"],
        ready=HttpAnswers(port, f"/realms/{realm['realm'] if realm else 'master'}/.well-known/openid-configuration"),
        ports=(port, management),
        alive=HttpSpeaks(port),
        prepare=prepare,
        once_ready=settle,
        ready_within_seconds=600,
    )


def realm_digest(realm: dict[str, Any]) -> str:
    """Tells one realm from another."""
    return sha256(json.dumps(realm).encode()).hexdigest()


def realm_standing(site: Site) -> str | None:
    """The digest of the realm that the database holds."""
    imported = _imported(site)
    return imported.read_text() if imported.exists() else None


def write_realm_standing(site: Site, digest: str) -> None:
    """Note which realm the database holds."""
    write_whole(_imported(site), digest)


def forget_realm(site: Site) -> None:
    """Have the realm imported again; its database is gone."""
    _imported(site).unlink(missing_ok=True)


def _imported(site: Site) -> Path:
    return site.state / "keycloak" / "imported.sha256"


# What Keycloak's own start script passes on; its wrapper process is left out.
KEYCLOAK_JAVA = (
    "-XX:MetaspaceSize=96M",
    "-XX:MaxMetaspaceSize=256m",
    "-XX:+ExitOnOutOfMemoryError",
    "-Dfile.encoding=UTF-8",
    "-Djava.security.egd=file:/dev/urandom",
    "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
    "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
    "-Dpicocli.disable.closures=true",
    "-Dquarkus-log-max-startup-records=10000",
    "-Duser.language=en",
    "-Duser.country=US",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.security=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
)
