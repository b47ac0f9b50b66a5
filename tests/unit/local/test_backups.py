"""A folder that is no whole backup of this release is refused in words, before anything is touched."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from deploy.local.backups.manifest import (
    FORM,
    Manifest,
    NotABackup,
    check_files,
    digests,
    known_revisions,
    read_manifest,
    write_manifest,
)
from deploy.local.ports import SERVICES


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A small one."""
    for name in ("secrets.json", "events.jsonl.gz", "documents/a", "documents/b", "postgres/PG_VERSION"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(name)
    manifest = Manifest(
        form=FORM,
        began_at="2026-11-29T01:00:00+00:00",
        ended_at="2026-11-29T01:00:09+00:00",
        postgres="18",
        schemas={service: max(known_revisions(service)) for service in SERVICES},
        realm="",
        events=0,
        files=dict(digests(tmp_path)),
    )
    write_manifest(tmp_path, manifest)
    return tmp_path


def checked(backup: Path) -> Manifest:
    manifest = read_manifest(backup)
    check_files(backup, manifest)
    return manifest


def test_a_whole_backup_is_taken_and_holds_all_files_but_the_clusters(backup: Path) -> None:
    manifest = checked(backup)
    assert set(manifest.files) == {"secrets.json", "events.jsonl.gz", "documents/a", "documents/b"}
    assert (manifest.ended - manifest.began).total_seconds() == 9


def with_another(backup: Path, **change: object) -> None:
    write_manifest(backup, replace(read_manifest(backup), **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda backup: (backup / "documents" / "b").unlink(), "documents/b is missing"),
        (lambda backup: (backup / "secrets.json").write_text("{}"), r"secrets\.json .* is not what was backed up"),
        (lambda backup: (backup / "documents" / "c").write_text("c"), "documents/c .* is of no backup or of another"),
        (lambda backup: (backup / "manifest.json").unlink(), r"one that did not end: it has no manifest\.json"),
        (lambda backup: (backup / "manifest.json").write_text("{"), "cannot be read"),
        (lambda backup: (backup / "manifest.json").write_text(json.dumps({"form": 1})), "cannot be read"),
        (
            lambda backup: (backup / "postgres" / "PG_VERSION").unlink() or (backup / "postgres").rmdir(),
            "postgres is missing",
        ),
        (lambda backup: with_another(backup, form=FORM + 1), "made by a newer release"),
        (lambda backup: with_another(backup, schemas={"intake": "9999"}), "tables of intake are of a newer release"),
    ],
)
def test_what_is_missing_changed_foreign_or_newer_is_named(
    backup: Path, harm: Callable[[Path], object], said: str
) -> None:
    harm(backup)
    with pytest.raises(NotABackup, match=said):
        checked(backup)


def test_a_manifest_is_readable_for_its_owner_only(backup: Path) -> None:
    assert (backup / "manifest.json").stat().st_mode & 0o077 == 0
    assert asdict(read_manifest(backup))["form"] == FORM
