"""The state of one target: what it is an export of, how far every list and walk is, and which messages it holds.

An SQLite database, kept with the target (in the same file, where the target is one). `take` applies what some pages brought
inside a transaction that the target owns, so that rows and positions become durable together. The index of messages is on
disk: nothing is ever doubled, whatever is fetched again, and memory does not grow with the export.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import pathlib
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from types import TracebackType
from typing import NamedTuple, Self

import msgspec

from aioconvo.core.file_lock import Lock
from aioconvo.export import plan
from aioconvo.export.batch import Account, Batch, Fault, Identity, Step
from aioconvo.export.errors import ExportError
from aioconvo.export.replacing import regular, replaced
from aioconvo.export.schema import SCHEMA_VERSION, ConversationRow
from aioconvo.export.sqlite_file import is_cut, sidecars

from . import bulk, intake
from .arrivals import Look
from .intake import Taken
from .tables import TABLES
from .times import from_text, to_text
from .veil import Veil

__all__ = ["Ledger", "State"]

_SYNCHRONOUS = "FULL"  # what a commit says is there is there after a power cut
_PATIENCE = 2.0  # seconds to wait for who reads or writes the same file

_OWED = """WITH given (source, id, run) AS ({rows})
    SELECT json_group_array(json_array(c.id, walk, since, pages, position, whole_to, first)) FROM given
    CROSS JOIN _aioconvo_conversations AS c ON c.source = given.source AND c.id = given.id AND due AND c.run < given.run"""
# A walk that begins now sees all changes that were listed up to now.
_GIVE = """WITH given (source, id, run) AS ({rows}) UPDATE _aioconvo_conversations AS c
    SET run = given.run, walked = iif(walk = '', listed, walked)
    FROM given WHERE c.source = given.source AND c.id = given.id AND due AND c.run < given.run"""

_UNNAMED = """due AND fault IN ('NotFoundError', 'GoneError', 'InvalidRequestError')
    AND round < (SELECT round FROM _aioconvo_sources AS s WHERE s.number = source)"""
_DROP_LISTS = f"DELETE FROM _aioconvo_lists WHERE source = ? AND {_UNNAMED}"  # noqa: S608 -- our words
# A list that was not read to its end may name it. Its fault stays, and where it is named again it is due.
_LET_GO = f"""UPDATE _aioconvo_conversations SET due = 0, walked = NULL WHERE source = ? AND {_UNNAMED}
    AND NOT EXISTS (SELECT 1 FROM _aioconvo_lists AS l WHERE l.source = _aioconvo_conversations.source AND l.due)"""  # noqa: S608


class State(NamedTuple):
    """What the ledger knows of one conversation.

    `told` is how many messages the API says there are, `deleted` of how many it was noticed that it holds them no more,
    `named`: no list told of it, its id was given.
    """

    account: Account
    id: str
    due: bool
    ended: bool
    messages: int
    told: int | None
    first: dt.datetime | None
    last: dt.datetime | None
    fault: Fault | None
    number: int
    deleted: int
    named: bool


class Ledger:
    """The open ledger of one target; used by one thread at a time.

    Raises what `sqlite3` raises, which the target turns into `TargetError`.
    """

    def __init__(self, path: str | os.PathLike[str], *, keeps_rows: bool = False) -> None:
        self.path = pathlib.Path(path)
        self.run = 0
        self.part = 0  # where messages that are taken now will stand, in a target of parts
        self.lock = Lock(self.path.with_name(f"{self.path.name}.lock"))
        self._keeps_rows = keeps_rows
        self._identity = Identity(accounts=())
        self._sources: dict[Account, int] = {}
        self._veil: Veil | None = None
        self._db: sqlite3.Connection | None = None

    @property
    def db(self) -> sqlite3.Connection:
        """The database, for the target's own tables."""
        if self._db is None:
            raise ExportError(f"{self.path} is not open")
        return self._db

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self._db is not None

    def connect(self, *, to_write: bool) -> None:
        """Open the database; to write, it is made where it is missing, no other export can, and whoever reads may go on."""
        if self._db is not None:
            return
        if not to_write:
            if not self.path.is_file():
                raise FileNotFoundError(2, "No such file or directory")
            self._db = self._connected()
            return
        regular(self.path)
        self.lock.take(_PATIENCE)
        try:
            self._db = self._to_write()
        except BaseException:
            self.lock.release()
            raise

    def _connected(self) -> sqlite3.Connection:
        # One thread at a time, as the caller promises; not always the same one.
        path = self.path.absolute()  # some words are no files to SQLite, such as :memory:
        if is_cut(path):
            raise sqlite3.DatabaseError("database disk image is malformed")
        return sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)

    def _to_write(self) -> sqlite3.Connection:
        with contextlib.ExitStack() as opened:
            db = opened.enter_context(contextlib.closing(self._connected()))
            try:
                _let_readers_in(db)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
                # Somebody is in the middle of reading the file: they keep it, and the export goes on in a copy in its place.
                opened.close()
                replaced(self.path, _copy)
                db = opened.enter_context(contextlib.closing(self._connected()))
                _let_readers_in(db)
            db.execute(f"PRAGMA synchronous = {_SYNCHRONOUS}")
            db.execute("PRAGMA cache_size = -8000")  # KiB; four times as much saves no time
            db.execute("PRAGMA wal_autocheckpoint = 8000")  # pages of 4 KiB: most are written again before that
            db.execute("BEGIN IMMEDIATE")
            db.execute("COMMIT")
            opened.pop_all()
            return db

    def remove(self) -> None:
        """Remove the closed database, with the files beside it that are part of it."""
        for file in (self.path, *sidecars(self.path)):
            file.unlink(missing_ok=True)

    def exists(self) -> bool:
        """Whether the open database holds a ledger."""
        return self.db.execute("SELECT 1 FROM sqlite_master WHERE name = '_aioconvo_meta'").fetchone() is not None

    def begin(self, kind: str, identity: Identity) -> None:
        """Begin a run: make the tables, or check that they are of this export.

        Raises:
            ExportError: They are of another schema, account, selection, bound, or of an inbox that knew more or less.
        """
        with self.transaction():
            if not self.exists():
                self.make(kind, identity)
            self._check(kind, identity)
            self.run = int(self.meta("run") or 0) + 1
            self.put(run=str(self.run))
            held = self._held()
            knowing = dict.fromkeys((*held.knowing, *identity.knowing))
            self.put(options=_options(msgspec.structs.replace(held, knowing=tuple(knowing))))
            for account, selection in identity.accounts:
                insert = "INSERT OR IGNORE INTO _aioconvo_sources (provider, account, selection) VALUES (?, ?, ?)"
                self.db.execute(insert, (*account, selection))
                # Rows of an account that a ledger out of a backup did not know do not tell how they were chosen.
                chosen = "UPDATE _aioconvo_sources SET selection = ? WHERE provider = ? AND account = ? AND selection = ''"
                self.db.execute(chosen, (selection, *account))
        self._identity = identity
        self._veil = Veil(self.db)
        self._load_sources()

    def make(self, kind: str, identity: Identity) -> None:
        """Make the tables, inside a transaction of the caller's."""
        for statement in TABLES:
            self.db.execute(statement)
        self.put(kind=kind, schema=str(SCHEMA_VERSION), options=_options(identity), run="0")

    def _check(self, kind: str, identity: Identity) -> None:
        if self.meta("kind") != kind or self.meta("schema") != str(SCHEMA_VERSION):
            written = f"{self.meta('kind')}, schema {self.meta('schema')}"
            raise _refusal(self.path, f"was written as {written}; this version writes {kind}, schema {SCHEMA_VERSION}")
        for name in ("since", "until", "channel"):
            before, now = getattr(self._held(), name), getattr(identity, name)
            if before != now:
                raise _refusal(self.path, f"was exported {_with(name, before)}, not {_with(name, now)}")
        held: dict[str, dict[str, str]] = {}
        for provider, account, selection in self.db.execute("SELECT provider, account, selection FROM _aioconvo_sources"):
            held.setdefault(provider, {})[account] = selection
        for account, selection in identity.accounts:
            known = held.get(account.provider, {})
            if known and account.name not in known:
                names = " or ".join(known)
                told = f"holds {account.provider} of the account {names}, not of {account.name}"
                same = f"--account {names} (account=...) says that a new credential is of the same one"
                raise _refusal(self.path, f"{told}; {same}")
            if known.get(account.name, selection) not in {selection, ""}:
                raise _refusal(self.path, f"holds {account} chosen by {known[account.name]}, not by {selection}")
            if account.name in known:
                self._check_knowing(account, identity)

    def _check_knowing(self, account: Account, identity: Identity) -> None:
        """What an inbox knows changes rows: those with it and those without it must not be mixed."""
        before, now = ({option for one, option in each.knowing if one == account} for each in (self._held(), identity))
        for option in sorted(before ^ now):
            was, wanted = ("with", "without") if option in before else ("without", "with")
            raise _refusal(self.path, f"holds {account} exported {was} {option}, not {wanted} {option}")

    def _held(self) -> Identity:
        return msgspec.json.decode(self.meta("options") or "", type=Identity)

    def load(self) -> None:
        """Look at a ledger that is there, without beginning a run.

        Raises:
            ExportError: There is none, or of another schema.
        """
        if not self.exists():
            begun = "was only begun by an export that is running; ask again in a moment"
            raise ExportError(f"{self.path} {begun if self.is_running else 'is no target of an export'}")
        if self.meta("schema") != str(SCHEMA_VERSION):
            told = f"{self.path} has schema {self.meta('schema')}; this version reads {SCHEMA_VERSION}"
            raise ExportError(f"{told}: export it anew, with --fresh")
        self._identity = self._held()
        self.run = int(self.meta("run") or 0)
        self._load_sources()

    def _load_sources(self) -> None:
        found = self.db.execute("SELECT provider, account, number FROM _aioconvo_sources")
        self._sources = {Account(provider, account): number for provider, account, number in found}

    @property
    def identity(self) -> Identity:
        """What the target is an export of; without accounts, where it is only looked at."""
        return self._identity

    def wipe(self) -> None:
        """Drop the ledger's tables."""
        for (name,) in self.db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '_aioconvo_*'"
        ).fetchall():
            self.db.execute(f"DROP TABLE {name}")

    def meta(self, key: str) -> str | None:
        """One of the texts that are kept about the target."""
        found = self.db.execute("SELECT value FROM _aioconvo_meta WHERE key = ?", (key,)).fetchone()
        return None if found is None else str(found[0])

    def put(self, **texts: str) -> None:
        """Keep texts about the target, inside a transaction of the caller's."""
        self.db.executemany("INSERT OR REPLACE INTO _aioconvo_meta VALUES (?, ?)", texts.items())

    @property
    def unfinished(self) -> bool:
        """Whether the target's files lack something that the ledger holds, until the target is closed."""
        return self.meta("unfinished") is not None

    def finish(self, *, finished: bool) -> None:
        """Note whether they do."""
        with self.transaction():
            self.db.execute("DELETE FROM _aioconvo_meta WHERE key = 'unfinished'")
            if finished:
                self.put(written_at=to_text(dt.datetime.now(dt.UTC)))
            else:
                self.put(unfinished="1")

    @contextlib.contextmanager
    def transaction(self, *, durable: bool = True) -> Generator[None]:
        """All or nothing, and durable at the end; one that is not `durable` may be lost in a power cut, whole."""
        if not durable:
            self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            # A full disk may have rolled back by itself.
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise
        finally:
            if not durable:
                self.db.execute(f"PRAGMA synchronous = {_SYNCHRONOUS}")

    def compact(self) -> None:
        """Leave nothing in the file of what was deleted in it."""
        self.db.execute("VACUUM")
        self.db.execute("PRAGMA wal_checkpoint (TRUNCATE)")

    @property
    def is_running(self) -> bool:
        """Whether another export is writing there now."""
        return self.lock.is_taken()

    def close(self) -> None:
        """Close the database; after a clean end it is one file, unless somebody is reading it. May be called again."""
        db, self._db = self._db, None
        if db is not None:
            with contextlib.closing(db), contextlib.suppress(sqlite3.OperationalError):  # a full disk must not hide its cause
                db.execute("PRAGMA journal_mode = DELETE")
        self.lock.release()

    @contextlib.contextmanager
    def reading(self) -> Generator[Self]:
        """The ledger to be looked at: as it is where it is open, else open for so long. Raises as `load` does."""
        if self.is_open:
            yield self
            return
        with self:
            self.connect(to_write=False)
            self.db.execute("BEGIN")  # an export may go on meanwhile
            self.load()
            yield self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # Rounds: which lists and conversations are due.

    def begin_round(self, account: Account) -> None:
        """Go on with the round that was not gone through, or begin the next one."""
        with self.transaction():
            begin = "UPDATE _aioconvo_sources SET round = round + 1, open = 1 WHERE number = ? AND NOT open"
            self.db.execute(begin, (self._sources[account],))

    def look_again(self, account: Account, since: dt.datetime) -> None:
        """Take conversations with messages at or after `since` for changed, whatever the list says of them."""
        with self.transaction():
            forget = "UPDATE _aioconvo_conversations SET walked = NULL WHERE source = ? AND last >= ?"
            self.db.execute(forget, (self._sources[account], to_text(since)))

    def end_round(self, account: Account) -> None:
        """Everything that was due was tried: the next run looks at the whole list again.

        What the API does not know, and no list or file named in this round, is gone: it is not due any more.
        """
        source = self._sources[account]
        with self.transaction():
            self.db.execute(_DROP_LISTS, (source,))
            self.db.execute(_LET_GO, (source,))
            end = "UPDATE _aioconvo_sources SET open = 0, ended_at = ? WHERE number = ?"
            self.db.execute(end, (to_text(dt.datetime.now(dt.UTC)), source))

    def feed_lists(self, account: Account, users: Iterable[str]) -> None:
        """These users' lists (empty: the whole account's) are due in this round; those of them that were fed before stay."""
        feed = """INSERT INTO _aioconvo_lists (source, user, round) SELECT number, :user, round FROM _aioconvo_sources
            WHERE number = :source ON CONFLICT (source, user) DO UPDATE SET round = excluded.round, due = 1,
            walk = iif(fault IS NULL, '', walk), pages = iif(fault IS NULL, 0, pages),
            position = iif(fault IS NULL, NULL, position) WHERE round < excluded.round"""
        veil = self._veil
        wanted = (user for user in users if not (veil and veil.hides(account.provider, user)))
        with self.transaction():
            self.db.executemany(feed, ({"user": user, "source": self._sources[account]} for user in wanted))

    def owed_lists(self, account: Account, users: Sequence[str] | None = None, *, count: int = 100) -> list[tuple[str, Step]]:
        """Lists that are due and that this run gave to nobody yet, those of `users` or any `count`: where the walks stand."""
        source = self._sources[account]
        if users is None:
            find = "SELECT number FROM _aioconvo_lists WHERE source = ? AND due AND run < ? LIMIT ?"
            numbers = [number for (number,) in self.db.execute(find, (source, self.run, count))]
        else:
            find = "SELECT number FROM _aioconvo_lists WHERE source = ? AND user = ? AND due AND run < ?"
            numbers = [number for user in users for (number,) in self.db.execute(find, (source, user, self.run))]
        give = "UPDATE _aioconvo_lists SET run = ? WHERE number = ? RETURNING user, walk, pages, position"
        given: list[tuple[str, Step]] = []
        with self.transaction(durable=False):
            for number in numbers:
                ((user, walk, pages, position),) = self.db.execute(give, (self.run, number)).fetchall()
                given.append((user, Step(walk=walk, pages=pages, position=position)))
        return given

    def owed(self, account: Account, ids: Sequence[str] | None = None, *, count: int = 100) -> list[plan.Owed]:
        """Conversations that are due and that this run gave to nobody yet: those of `ids`, or any `count`."""
        source = self._sources[account]
        if ids is None:
            find = "SELECT id FROM _aioconvo_conversations WHERE source = ? AND due AND run < ? LIMIT ?"
            ids = [one for (one,) in self.db.execute(find, (source, self.run, count))]
        rows = [(source, one, self.run) for one in ids]
        with self.transaction(durable=False):
            found = bulk.find(self.db, _OWED, rows)
            bulk.run(self.db, _GIVE, rows)
        given = {
            one: plan.Owed(
                one,
                Step(walk=walk, since=from_text(since), pages=pages, position=position),
                from_text(whole_to),
                from_text(first),
            )
            for one, walk, since, pages, position, whole_to, first in found
        }
        return [given[one] for one in ids if one in given]

    # What pages brought.

    def take(self, batches: Sequence[Batch]) -> Taken:
        """Note what the pages brought, inside a transaction of the caller's; what of it the target has to write."""
        if self._veil:
            batches = [self._veil.left(batch) for batch in batches]
        conversations: list[ConversationRow] = []
        look = Look(self.run, to_text(dt.datetime.now(dt.UTC)), self._identity.bounded)
        for batch in batches:
            if batch.conversations:
                conversations += intake.take_conversations(
                    self.db, self._sources[batch.account], batch, bounded=look.bounded, keeps_rows=self._keeps_rows
                )
        vanished = intake.take_lists(self.db, self._sources, [batch for batch in batches if batch.user is not None], look)
        pages = [batch for batch in batches if batch.conversation is not None]
        taken = intake.take_messages(self.db, self._sources, pages, self.part, look)
        return taken._replace(conversations=conversations, vanished=vanished)

    # What there is.

    def states(self) -> Iterator[State]:
        """Every conversation, one at a time."""
        accounts = {number: account for account, number in self._sources.items()}
        find = """SELECT c.source, c.id, due, ended, messages, told, first, last, fault, words, c.number, gone,
            selection = 'conversations' FROM _aioconvo_conversations AS c JOIN _aioconvo_sources AS s ON s.number = c.source
            ORDER BY c.number"""
        for source, one, due, ended, messages, told, first, last, fault, words, number, gone, named in self.db.execute(find):
            why = None if fault is None else Fault(type=fault, words=words)
            counts = (messages, told, from_text(first), from_text(last))
            yield State(accounts[source], one, bool(due), bool(ended), *counts, why, number, gone, bool(named))

    def open_lists(self) -> Iterator[tuple[Account, str, Fault | None]]:
        """The lists that were not walked to their end, by account and user, with why."""
        accounts = {number: account for account, number in self._sources.items()}
        for source, user, fault, words in self.db.execute("SELECT source, user, fault, words FROM _aioconvo_lists WHERE due"):
            yield accounts[source], user, None if fault is None else Fault(type=fault, words=words)

    def as_of(self) -> dt.datetime | None:
        """When the account that was gone through longest ago was; `None` where one never was."""
        ((never, ended_at),) = self.db.execute("SELECT count(*) > count(ended_at), min(ended_at) FROM _aioconvo_sources")
        return None if never else from_text(ended_at)

    @property
    def written_at(self) -> dt.datetime | None:
        """When the last run that ended had written all."""
        return from_text(self.meta("written_at"))

    def empty(self) -> tuple[Account, ...]:
        """Accounts of which there is no message."""
        find = """SELECT provider, account FROM _aioconvo_sources AS s WHERE NOT EXISTS
            (SELECT 1 FROM _aioconvo_conversations AS c WHERE c.source = s.number AND c.messages) ORDER BY number"""
        return tuple(Account(*found) for found in self.db.execute(find))

    def sources(self) -> dict[Account, bool]:
        """Every account of the target, and whether its round is still open, or was never begun."""
        found = self.db.execute("SELECT provider, account, open OR NOT round FROM _aioconvo_sources ORDER BY number")
        return {Account(provider, account): bool(still) for provider, account, still in found}


def _let_readers_in(db: sqlite3.Connection) -> None:
    """Write ahead, so that others read what was committed; where the file system cannot share memory, alone."""
    ((mode,),) = db.execute("PRAGMA journal_mode = WAL")
    if mode != "wal":
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("PRAGMA journal_mode = WAL")


def _copy(path: pathlib.Path, copy: pathlib.Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _options(identity: Identity) -> str:
    return msgspec.json.encode(msgspec.structs.replace(identity, accounts=())).decode()


def _refusal(path: pathlib.Path, told: str) -> ExportError:
    way_out = "Name another target, or start over with --fresh (fresh=True), which deletes what it holds"
    return ExportError(f"{path} {told}. {way_out}")


def _with(name: str, value: object) -> str:
    return f"without {name}" if value is None else f"with {name} {value}"
