"""The ledger's tables."""

from __future__ import annotations

__all__ = ["TABLES"]

TABLES = (
    "CREATE TABLE _aioconvo_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # `round`: the last one begun, a round being one look at the whole list; `open`: it has not been gone through yet;
    # `ended_at`: when the last one had been.
    """CREATE TABLE _aioconvo_sources (number INTEGER PRIMARY KEY, provider TEXT NOT NULL, account TEXT NOT NULL,
        selection TEXT NOT NULL, round INTEGER NOT NULL DEFAULT 0, open INTEGER NOT NULL DEFAULT 0, ended_at TEXT,
        UNIQUE (provider, account))""",
    # `run`: the last one that gave it to somebody to fetch; `begun`: the run in which its walk began.
    """CREATE TABLE _aioconvo_lists (number INTEGER PRIMARY KEY, source INTEGER NOT NULL, user TEXT NOT NULL,
        round INTEGER NOT NULL, due INTEGER NOT NULL DEFAULT 1, run INTEGER NOT NULL DEFAULT 0,
        walk TEXT NOT NULL DEFAULT '', pages INTEGER NOT NULL DEFAULT 0, position TEXT, fault TEXT, words TEXT,
        begun INTEGER NOT NULL DEFAULT 0, UNIQUE (source, user))""",
    # `whole_to`: the newest message when a walk last came to its end; a walk that comes newest first has gaps until then.
    # `bottom`, `top`, `edge`: see `ranks`. `seeing`: the run whose walk, if it ends in it, tells what was deleted. `gone`: how
    # many of its messages were.
    """CREATE TABLE _aioconvo_conversations (number INTEGER PRIMARY KEY, source INTEGER NOT NULL, id TEXT NOT NULL,
        round INTEGER NOT NULL, due INTEGER NOT NULL DEFAULT 1, run INTEGER NOT NULL DEFAULT 0,
        walk TEXT NOT NULL DEFAULT '', pages INTEGER NOT NULL DEFAULT 0, position TEXT, since TEXT,
        listed TEXT, walked TEXT, ended INTEGER NOT NULL DEFAULT 0, told INTEGER,
        messages INTEGER NOT NULL DEFAULT 0, first TEXT, last TEXT, whole_to TEXT, fault TEXT, words TEXT,
        digest BLOB, row BLOB, bottom INTEGER NOT NULL DEFAULT 0, top INTEGER NOT NULL DEFAULT 0, edge INTEGER,
        seeing INTEGER NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0, deleted_at TEXT, UNIQUE (source, id))""",
    """CREATE TABLE _aioconvo_items (conversation INTEGER NOT NULL, id TEXT NOT NULL, digest BLOB NOT NULL,
        part INTEGER NOT NULL DEFAULT 0, rank INTEGER NOT NULL DEFAULT 0, deleted_at TEXT,
        PRIMARY KEY (conversation, id)) WITHOUT ROWID""",
    # What a walk that tells deletions has seen so far.
    """CREATE TABLE _aioconvo_seen (conversation INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (conversation, id))
        WITHOUT ROWID""",
    # Who was to be forgotten: digests that only who knows the id can compare.
    "CREATE TABLE _aioconvo_forgotten (digest BLOB PRIMARY KEY) WITHOUT ROWID",
    # Targets of part files: lines of a file wait in the stage until they fill a part; `bytes` is how much of it counts.
    "CREATE TABLE _aioconvo_stage (part INTEGER NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL)",
    # `pending` is a part's file before it gets its name.
    """CREATE TABLE _aioconvo_parts (number INTEGER PRIMARY KEY, name TEXT NOT NULL, rows INTEGER NOT NULL,
        pending TEXT, bytes INTEGER NOT NULL DEFAULT 0, digest BLOB)""",
    # Messages in a part, or before in the stage, of which a newer line is in the stage.
    """CREATE TABLE _aioconvo_replaced (part INTEGER NOT NULL, provider TEXT NOT NULL, account TEXT NOT NULL,
        conversation TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (part, provider, account, conversation, id)) WITHOUT ROWID""",
    # Messages in a part or the stage whose deletion was noticed, or proved wrong, since it was written.
    """CREATE TABLE _aioconvo_marked (part INTEGER NOT NULL, provider TEXT NOT NULL, account TEXT NOT NULL,
        conversation TEXT NOT NULL, id TEXT NOT NULL, deleted_at TEXT,
        PRIMARY KEY (part, provider, account, conversation, id)) WITHOUT ROWID""",
    "CREATE INDEX _aioconvo_lists_due ON _aioconvo_lists (source, run) WHERE due",
    "CREATE INDEX _aioconvo_conversations_due ON _aioconvo_conversations (source, run) WHERE due",
)
