"""The public names of the export."""

from __future__ import annotations

import pytest

from aioconvo import export


def test_every_name_of_the_export_loads() -> None:
    for name in export.__all__:
        assert getattr(export, name) is not None
    assert set(export.__all__) == set(export._HOMES) <= set(dir(export))
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = export.Nothing
