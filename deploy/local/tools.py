"""Fetches the Java engines with Maven, once per checkout, and checks them against the committed digests."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from deploy.local.places import CHECKOUT, tools_folder, write_whole

HERE = Path(__file__).parent
MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
ZIPKIN = "io.zipkin:zipkin-server:3.6.1:jar:slim"
ZIPKIN_FILE = "zipkin-server-3.6.1-slim.jar"
KEYCLOAK = "org.keycloak:keycloak-quarkus-dist:26.7.3:zip"
KEYCLOAK_FILE = "keycloak-quarkus-dist-26.7.3.zip"


class ToolMissing(Exception):
    """Something the engines need is not there; the text says what to do."""


def java() -> str:
    """The Java command: of `JAVA_HOME`, else of the path. Raises ToolMissing below version 17."""
    home = os.environ.get("JAVA_HOME")
    return _java_of(home)


@lru_cache
def _java_of(home: str | None) -> str:
    command = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if command is None or not Path(command).exists():
        raise ToolMissing("Java 17 or newer is missing: install a JRE (Debian: openjdk-17-jre-headless)")
    told = subprocess.run([command, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', told)
    if version is None or int(version[1]) < 17:
        raise ToolMissing(f"Java 17 or newer is needed, {command} is older: install one, or set JAVA_HOME")
    return command


def kafka_jars() -> Path:
    """The folder with the broker's jars, fetched when it is not there."""
    return _fetched("kafka", HERE / "kafka.sha256", _fetch_kafka)


def zipkin_class_path() -> str:
    """The jars of the trace store, fetched when they are not there."""
    folder = zipkin_home()
    libraries = (folder / "libraries").read_text().split()
    return ":".join(str(folder / name) for name in (ZIPKIN_FILE, *libraries))


def zipkin_home() -> Path:
    """The trace store, taken apart: an archive of loaded classes is possible only outside a jar of jars."""
    return _fetched("zipkin", HERE / "tools.sha256", _fetch_zipkin)


def zipkin_classes() -> Path:
    """The archive of loaded classes that halves the trace store's start."""
    return tools_folder() / f"{zipkin_home().name}.jsa"


def keycloak_home() -> Path:
    """The identity provider, unpacked and built for PostgreSQL, fetched when it is not there."""
    return _fetched("keycloak", HERE / "tools.sha256", _fetch_keycloak)


def kafka_classes() -> Path:
    """The archive of loaded classes that halves the broker's start; the broker also starts without it."""
    return tools_folder() / f"{kafka_jars().name}.jsa"


def keycloak_classes() -> Path:
    """The same for Keycloak: a quarter less."""
    return tools_folder() / f"{keycloak_home().name}.jsa"


def keycloak_model() -> Path:
    """Keycloak's tables as it makes them in an empty database."""
    return tools_folder() / f"{keycloak_home().name}.dump"


def _fetched(name: str, digests: Path, fetch: Callable[[Path], None]) -> Path:
    """The folder of a tool. It appears under its name only when complete, so that a broken fetch starts afresh."""
    mark = hashlib.sha256(digests.read_bytes()).hexdigest()[:12]
    folder = tools_folder() / f"{name}-{mark}"
    if folder.exists():
        return folder
    with _alone(name):
        if folder.exists():
            return folder
        draft = tools_folder() / f".{name}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            fetch(draft)
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return folder


@contextmanager
def _alone(name: str) -> Iterator[None]:
    tools_folder().mkdir(parents=True, exist_ok=True)
    with (tools_folder() / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch_kafka(folder: Path) -> None:
    _maven(
        "-C",
        "-f",
        str(HERE / "kafka-pom.xml"),
        "dependency:copy-dependencies",
        "-DincludeScope=runtime",
        f"-DoutputDirectory={folder}",
    )
    _check_digests(folder, HERE / "kafka.sha256")


def _copy(artifact: str, file: str, folder: Path) -> None:
    _maven("-C", MAVEN_COPY, f"-Dartifact={artifact}", f"-DoutputDirectory={folder}", "-Dmdep.useBaseVersion=true")
    _check_digests(folder, HERE / "tools.sha256", only=file)


def _fetch_zipkin(folder: Path) -> None:
    _copy(ZIPKIN, ZIPKIN_FILE, folder)
    whole = folder / ZIPKIN_FILE
    own = folder / "own.jar"
    with zipfile.ZipFile(whole) as packed, zipfile.ZipFile(own, "w", zipfile.ZIP_DEFLATED) as classes:
        for name in packed.namelist():
            inside = name.removeprefix("BOOT-INF/classes/")
            if name.startswith("BOOT-INF/lib/") and name.endswith(".jar"):
                packed.extract(name, folder)
            elif inside not in (name, "") and not name.endswith("/"):
                classes.writestr(inside, packed.read(name))
        index = packed.read("BOOT-INF/classpath.idx").decode()
    write_whole(folder / "libraries", "\n".join(re.findall(r'"(.+)"', index)) + "\n")
    own.replace(whole)


def _fetch_keycloak(folder: Path) -> None:
    _copy(KEYCLOAK, KEYCLOAK_FILE, folder)
    with zipfile.ZipFile(folder / KEYCLOAK_FILE) as packed:
        packed.extractall(folder)
    (folder / KEYCLOAK_FILE).unlink()
    unpacked = folder / KEYCLOAK_FILE.replace("quarkus-dist-", "").removesuffix(".zip")
    for item in unpacked.iterdir():
        item.rename(folder / item.name)
    unpacked.rmdir()
    _run(
        [
            "sh",
            str(folder / "bin" / "kc.sh"),
            "build",
            "--db=postgres",
            "--health-enabled=true",
            "--features-disabled=ciba,device-flow,kerberos,impersonation",
        ],
        "Keycloak could not be built",
        # A build is over before the slower, better compiler of Java has paid for itself.
        {"JAVA_OPTS_APPEND": "-XX:TieredStopAtLevel=1"},
    )


def _check_digests(folder: Path, digests: Path, only: str | None = None) -> None:
    expected = {name: digest for digest, name in (line.split() for line in digests.read_text().splitlines())}
    if only is not None:
        expected = {only: expected[only]}
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir() if file.is_file()}
    if found != expected:
        odd = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
        raise ToolMissing(f"{', '.join(odd[:3])}: not what {digests.name} promises; check where Maven fetches from")


def _maven(*arguments: str) -> None:
    command = shutil.which("mvn")
    if command is None:
        raise ToolMissing("Maven is missing: install it (Debian: maven)")
    # Two Mavens at once may spoil the repository they share.
    with _alone("maven"):
        _run([command, "-q", "-B", "-ntp", *arguments], "Maven could not fetch an engine; is a repository in reach?")


def _run(command: list[str], trouble: str, settings: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(
        command,
        cwd=CHECKOUT,
        env=os.environ | dict(settings or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        print("\n".join(lines[-15:]), file=sys.stderr)
        raise ToolMissing(f"{trouble} ({lines[0][:200] if lines else f'exit code {done.returncode}'})")


def main() -> int:
    """Fetch the engine that takes longest; needs nothing but Python."""
    try:
        keycloak_home()
    except ToolMissing as error:
        print(f"sigap: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
