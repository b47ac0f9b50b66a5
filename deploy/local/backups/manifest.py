"""What a backup holds, and whether it still holds it."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from deploy.local.places import CHECKOUT, shown, write_whole

FORM = 1
"""Raised when a release writes a backup that an older one cannot read."""
CLUSTER, EVENTS, DOCUMENTS, SECRETS = "postgres", "events.jsonl.gz", "documents", "secrets.json"


class NotABackup(Exception):
    """A folder cannot be restored; the text says which piece is missing or foreign, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The last file of a backup to be written: without it the rest is a draft.

    Everything that was acknowledged before `began_at` is in it, nothing that happened after `ended_at`. `schemas`:
    service -> revision of its tables. `files`: path -> SHA-256; the database has a manifest of its own for its files.
    """

    form: int
    began_at: str
    ended_at: str
    postgres: str
    schemas: dict[str, str]
    realm: str
    events: int
    files: dict[str, str]

    @property
    def began(self) -> datetime:
        return datetime.fromisoformat(self.began_at)

    @property
    def ended(self) -> datetime:
        return datetime.fromisoformat(self.ended_at)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Make a draft a backup."""
    write_whole(folder / "manifest.json", json.dumps(asdict(manifest), indent=1) + "\n", mode=0o600)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a whole backup of this or an older release. Raises NotABackup."""
    file = folder / "manifest.json"
    if not file.exists():
        raise NotABackup(f"{shown(folder)} is no backup, or one that did not end: it has no manifest.json")
    try:
        manifest = Manifest(**json.loads(file.read_text()))
    except (ValueError, TypeError):
        raise NotABackup(f"{shown(file)} cannot be read: take the backup from where it was copied to") from None
    if manifest.form > FORM:
        raise NotABackup("the backup was made by a newer release: restore it with that one")
    for service, revision in manifest.schemas.items():
        if revision not in known_revisions(service):
            raise NotABackup(f"the tables of {service} are of a newer release ({revision}): restore it with that one")
    return manifest


def check_files(folder: Path, manifest: Manifest) -> None:
    """Every file is there and as it was written. Raises NotABackup."""
    there = dict(digests(folder))
    for name, digest in manifest.files.items():
        if name not in there:
            raise NotABackup(f"{name} is missing in {shown(folder)}: take the backup from where it was copied to")
        if there[name] != digest:
            raise NotABackup(f"{name} in {shown(folder)} is not what was backed up: take another copy of this backup")
    if foreign := set(there) - set(manifest.files):
        raise NotABackup(f"{min(foreign)} in {shown(folder)} is of no backup or of another one: take it out")
    for piece in (CLUSTER, EVENTS, SECRETS):
        if not (folder / piece).exists():
            raise NotABackup(f"{piece} is missing in {shown(folder)}: take the backup from where it was copied to")


def digests(folder: Path) -> Iterator[tuple[str, str]]:
    """Each file but the manifest and the database's, with its digest."""
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        if file.is_file() and name.parts[0] not in (CLUSTER, "manifest.json"):
            with file.open("rb") as opened:
                digest = sha256()
                while part := opened.read(2**20):
                    digest.update(part)
            yield str(name), digest.hexdigest()


def known_revisions(service: str) -> set[str]:
    """The revisions of a service's tables in this release."""
    versions = (CHECKOUT / "services" / service / "migrations" / "versions").glob("*.py")
    return {found[1] for file in versions if (found := re.search(r'^revision = "(\w+)"', file.read_text(), re.M))}
