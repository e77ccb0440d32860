"""What every kind of target must do with rows: give back each value in its own column."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aioconvo.export import open_sink
from aioconvo.export.schema import CONVERSATIONS, MESSAGES, ColumnType, Table, as_dict
from tests.export.targets import EVERY_KIND, NOON, again, conversation, listed, message, opened, page, target


def distinct(table: Table[Any]) -> dict[str, Any]:
    """A value of its own, which is not null, for each column."""
    made: dict[str, Any] = {}
    for number, column in enumerate(table.columns):
        values = {
            ColumnType.TEXT: f"{column.name} ü",
            ColumnType.TIME: NOON + dt.timedelta(days=number, microseconds=number),
            ColumnType.BOOLEAN: True,
            ColumnType.INTEGER: 1_000 + number,
            ColumnType.JSON: msgspec.Raw(b'{"%b":[1.50,null]}' % column.name.encode()),
        }
        made[column.name] = values[column.type]
    return made | {"provider": "convore", "account": "shop", "conversation_id": "c"}


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_value_comes_back_in_its_own_column(kind: str, tmp_path: Path) -> None:
    """No value is null or that of another column: two columns that are swapped are seen, whichever they are."""
    told = conversation(**{name: value for name, value in distinct(CONVERSATIONS).items() if name != "deleted_at"})
    full = message("m", **{name: value for name, value in distinct(MESSAGES).items() if name not in {"rank", "deleted_at"}})
    bare = msgspec.structs.replace(message("bare"), sent_at=None, text=None, native=msgspec.Raw(b"null"))
    sink = opened(kind, tmp_path)
    sink.commit([listed(told), page(full, bare, ended=True)])
    sink.close()
    sink = again(kind, tmp_path)  # the list does not hold it any more
    sink.commit([listed("other")])
    sink.close()
    (row,) = [as_dict(one) for one in open_sink(target(kind, tmp_path)).conversations() if one.conversation_id == "c"]
    noticed = row.pop("deleted_at")
    assert isinstance(noticed, dt.datetime)
    wanted = as_dict(told)
    del wanted["deleted_at"]
    assert row == wanted
    found = {one.message_id: as_dict(one) for one in open_sink(target(kind, tmp_path)).messages()}
    ranks = {name: one.pop("rank") for name, one in found.items()}
    assert ranks["message_id ü"] < ranks["bare"]
    for one in (full, bare):
        expected = as_dict(one)
        del expected["rank"]
        assert found[one.message_id] == expected
