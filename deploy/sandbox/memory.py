"""What the simulated bank, gateway and registries remember, in one SQLite file: they survive a ``kill -9`` too."""

import json
import sqlite3
from pathlib import Path
from typing import Any


class Memory:
    """Documents by kind and id."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("CREATE TABLE IF NOT EXISTS documents (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id))")

    def get(self, kind: str, id_: str) -> dict[str, Any] | None:
        """A document, or nothing."""
        row = self._db.execute("SELECT body FROM documents WHERE kind = ? AND id = ?", (kind, id_)).fetchone()
        return json.loads(row[0]) if row else None

    def keep_first(self, kind: str, id_: str, body: dict[str, Any]) -> dict[str, Any]:
        """Keep a document unless there is one already; the one that is kept."""
        self._db.execute("INSERT OR IGNORE INTO documents VALUES (?, ?, ?)", (kind, id_, json.dumps(body)))
        kept = self.get(kind, id_)
        assert kept is not None
        return kept

    def put(self, kind: str, id_: str, body: dict[str, Any]) -> None:
        """Keep or replace a document."""
        self._db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (kind, id_, json.dumps(body)))

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Every document of a kind."""
        rows = self._db.execute("SELECT body FROM documents WHERE kind = ? ORDER BY rowid", (kind,)).fetchall()
        return [json.loads(row[0]) for row in rows]
