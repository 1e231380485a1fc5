"""A store in one file: SQLite with a write-ahead log, synchronized at each commit.

The connection locks the file for as long as it is open, by locks of the operating system that
end with the process. Who holds it stands in a file beside it, for the message to others.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..engine.clock import ClockState
from ..engine.journal import NO_MARK, Change, Mark, RunRow
from ..engine.restoring import Saved
from .errors import StoreError

APPLICATION_ID = 0x53574645
SCHEMA_VERSION = 1

SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE domains (
    account TEXT, region TEXT, name TEXT, members BLOB NOT NULL,
    PRIMARY KEY (account, region, name)
) WITHOUT ROWID;
CREATE TABLE types (
    account TEXT, region TEXT, domain TEXT, kind TEXT, name TEXT, version TEXT,
    members BLOB NOT NULL,
    PRIMARY KEY (account, region, domain, kind, name, version)
) WITHOUT ROWID;
CREATE TABLE runs (
    sequence INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,
    domain TEXT NOT NULL, workflow_id TEXT NOT NULL, run_id TEXT NOT NULL
);
CREATE TABLE events (
    sequence INTEGER, event_id INTEGER, event BLOB NOT NULL,
    PRIMARY KEY (sequence, event_id)
) WITHOUT ROWID;
CREATE TABLE marks (
    sequence INTEGER, event_id INTEGER, arrival INTEGER, heartbeat_ms INTEGER, details TEXT,
    PRIMARY KEY (sequence, event_id)
) WITHOUT ROWID;
"""

ROWS_AT_ONCE = 1_000

OF_RUNS = ("events", "marks", "runs")
"""The tables of runs, those that refer to others first."""


EMPTY = Saved(0, None, (), (), (), (), ())


class SqliteStore:
    """The rows of an emulator in a file; `load` opens it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._owner = Path(f"{self.path}.owner")
        self._connection: sqlite3.Connection | None = None

    def load(self) -> Saved:
        """Open the file and return its rows. Raises StoreError."""
        with self._errors():
            self._disconnect()
            self._check_file()
            connection = self._connection = self._connect()
            if not _has_tables(connection):
                return EMPTY
            facts = dict(connection.execute("SELECT name, value FROM facts"))
            clock = facts.get("clock")
            return Saved(
                int(facts.get("now_ms", 0)),
                None if clock is None else ClockState(*json.loads(clock)),
                (row[0] for row in self._rows("SELECT members FROM domains")),
                self._rows("SELECT account, region, domain, members FROM types"),
                map(
                    RunRow._make,
                    self._rows(
                        "SELECT sequence, account, region, domain, workflow_id, run_id "
                        "FROM runs ORDER BY sequence"
                    ),
                ),
                self._rows(
                    "SELECT sequence, event_id, event FROM events ORDER BY sequence, event_id"
                ),
                (
                    (row[0], row[1], Mark._make(row[2:]))
                    for row in self._rows(
                        "SELECT sequence, event_id, arrival, heartbeat_ms, details FROM marks"
                    )
                ),
            )

    def write(self, changes: Sequence[Change]) -> None:
        """Commit changes. Raises StoreError."""
        with self._errors():
            connection = self._connection
            if connection is None:
                raise StoreError(f"{self.path}: is not open")
            connection.execute("BEGIN IMMEDIATE")
            try:
                for change in changes:
                    _apply(connection, change)
                _note(connection, changes)
                connection.execute("COMMIT")
            except BaseException:
                self._disconnect()
                raise

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            with suppress(OSError):
                self._owner.unlink(missing_ok=True)
        self._disconnect()

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):  # the error that matters came before
                connection.close()

    def _check_file(self) -> None:
        """Refuse a file that has lost its beginning while its log still has changes."""
        log_file = Path(f"{self.path}-wal")
        if _size(log_file) and not _size(self.path):
            raise StoreError(f"{self.path}: is empty or missing, but its log is not")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=0.0, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._check_kind(connection)
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            if mode != "wal":
                raise StoreError(f"{self.path}: must be on a medium that allows a log, not {mode}")
            connection.execute("PRAGMA synchronous = FULL")
            return connection
        except BaseException:
            connection.close()
            raise

    def _check_kind(self, connection: sqlite3.Connection) -> None:
        """Refuse a file of another program or of a newer release, before anything is written."""
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if _has_tables(connection) and application != APPLICATION_ID:
            raise StoreError(f"{self.path}: must be a file of the emulator, not of another program")
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"{self.path}: has schema version {version}, this release knows "
                f"{SCHEMA_VERSION}: use the release that wrote it, or a newer one"
            )

    def begin(self) -> None:
        """Make the tables of a new file; in any case write, and move the log into the file.

        So the medium is known to accept writes, and what the log held is synchronized once
        more: after a failed synchronization nobody knows what of it is on the medium.
        """
        with self._errors():
            assert self._connection is not None
            self._begin(self._connection)

    def _begin(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        if not _has_tables(connection):
            for statement in SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        owner = json.dumps({"pid": os.getpid(), "host": socket.gethostname()})
        connection.execute("REPLACE INTO facts VALUES ('owner', ?)", (owner,))
        connection.execute("COMMIT")
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise StoreError(f"{self.path}: the log cannot be moved into the file")
        self._owner.write_text(owner)

    def check(self) -> None:
        """Check every page and index of the loaded file. Raises StoreError."""
        found = [row[0] for row in self._rows("PRAGMA integrity_check")]
        if found != ["ok"]:
            raise StoreError(f"{self.path}: {'; '.join(found)}")

    def copy_to(self, target: Path) -> None:
        """Write the loaded rows to a new file. Raises StoreError."""
        if target.exists():
            raise StoreError(f"{target}: must not exist yet")
        list(self._rows("VACUUM INTO ?", str(target)))

    def compact(self) -> None:
        """Give unused space of the loaded file back. Raises StoreError."""
        list(self._rows("VACUUM"))
        list(self._rows("PRAGMA wal_checkpoint(TRUNCATE)"))

    def _rows(self, statement: str, *values: str) -> Iterator[Any]:
        with self._errors():
            assert self._connection is not None
            cursor = self._connection.execute(statement, values)
        while True:
            with self._errors():
                rows = cursor.fetchmany(ROWS_AT_ONCE)
            if not rows:
                return
            yield from rows

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn errors of the medium into StoreError."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorname", "") == "SQLITE_BUSY":
                raise StoreError(f"{self.path}: is in use by {self._owner_text()}") from error
            raise StoreError(f"{self.path}: {error}") from error
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{self.path}: {error}") from error

    def _owner_text(self) -> str:
        try:
            owner = json.loads(self._owner.read_text())
            return f"process {owner['pid']} on {owner['host']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"


def _has_tables(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _apply(connection: sqlite3.Connection, change: Change) -> None:
    many = connection.executemany
    if change.cleared:
        for table in ("events", "marks"):
            connection.execute(
                f"DELETE FROM {table} WHERE sequence IN "
                "(SELECT sequence FROM runs WHERE account = ?)",
                (change.account,),
            )
        for table in ("runs", "types", "domains"):
            connection.execute(f"DELETE FROM {table} WHERE account = ?", (change.account,))
    for domain, members in change.domains.items():
        if members is None:
            place = "account = ? AND region = ?"
            connection.execute(f"DELETE FROM domains WHERE {place} AND name = ?", domain)
            connection.execute(f"DELETE FROM types WHERE {place} AND domain = ?", domain)
        else:
            connection.execute("REPLACE INTO domains VALUES (?, ?, ?, ?)", (*domain, members))
    for key, members in change.types.items():
        if members is None:
            connection.execute(
                "DELETE FROM types WHERE account = ? AND region = ? AND domain = ? "
                "AND kind = ? AND name = ? AND version = ?",
                key,
            )
        else:
            connection.execute("REPLACE INTO types VALUES (?, ?, ?, ?, ?, ?, ?)", (*key, members))
    many("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", change.runs)
    many("INSERT INTO events VALUES (?, ?, ?)", change.events)
    many(
        "DELETE FROM marks WHERE sequence = ? AND event_id = ?",
        [key for key, mark in change.marks.items() if mark == NO_MARK],
    )
    many(
        "REPLACE INTO marks VALUES (?, ?, ?, ?, ?)",
        [(*key, *mark) for key, mark in change.marks.items() if mark != NO_MARK],
    )
    for table in OF_RUNS:
        many(f"DELETE FROM {table} WHERE sequence = ?", [(each,) for each in change.forgotten])


def _note(connection: sqlite3.Connection, changes: Sequence[Change]) -> None:
    """Write the latest instant, and the clock if it has changed."""
    now_ms = max(change.now_ms for change in changes)
    connection.execute(
        "INSERT INTO facts VALUES ('now_ms', ?) ON CONFLICT (name) DO UPDATE "
        "SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))",
        (str(now_ms),),
    )
    clocks = [change.clock for change in changes if change.clock is not None]
    if clocks:
        connection.execute("REPLACE INTO facts VALUES ('clock', ?)", (json.dumps(clocks[-1]),))
