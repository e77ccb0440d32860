"""How the five APIs ask for the next page of a list, and the source of a pager for each way."""

from __future__ import annotations

import msgspec

from tests.specs.facts import Kind, Operation, Shape, Shapes, resolved

from .names import python_name, words

__all__ = ["Pages", "pages_of"]

_SIZES = ("limit", "_limit", "page[size]")
_CURSORS = ("cursor", "next", "page[after]")
_OFFSETS = ("offset", "_offset")
_BACKWARDS = ("previous", "page[before]")


class Pages(msgspec.Struct, frozen=True):
    """How a list is paged: the answer's member that holds the items, and the parameters that the pager asks with."""

    items: str
    kind: str
    size: str = ""
    asked: tuple[str, ...] = ()
    always: bool = False
    """Whether the answer always tells of the next page."""

    def source(self, name: str, about: str, page: str, item: str, identity: str) -> str:
        """A function that makes the list's pager."""
        takes = "*, page_size: int | None" if self.kind == "OFFSET" else ""
        head = [
            f"@pages_by(PageKind.{self.kind})",
            f"def {name}({takes}) -> Listing[{page}, {item}]:",
            f'    """{about}"""',
        ]
        members = f"lambda page: page.{python_name(self.items)}"
        same = f"lambda item: getattr(item, {identity!r}, None)"
        if self.kind == "SINGLE":
            return "\n".join([*head, f"    return Listing(lambda mark: SinglePager({members}, mark, identity={same}))", ""])
        if self.kind == "CURSOR":
            made = f"CursorPager({self.asked[0]!r}, {members}, lambda page: {self._following()}, identity={same}, mark=mark)"
            return "\n".join(
                [*head, f"    return Listing(lambda mark: {made}, mark_at=lambda cursor: Mark(cursor=cursor))", ""]
            )
        ask = f"lambda offset: Ask((({self.asked[0]!r}, str(offset)),)) if offset else Ask()"
        made = f"OffsetPager({members}, lambda page: {self._rows()}, {same}, {ask}, page_size=page_size, mark=mark)"
        listing = f"Listing(lambda mark: {made}, mark_at=lambda text: Mark(offset=int(text)))"
        return "\n".join([*head, f"    return {listing}", ""])

    def _following(self) -> str:
        if self.asked[0] == "page[after]":
            return "Cursor(page.meta.after_cursor if page.meta else None, page.meta.has_more if page.meta else None)"
        if self.asked[0] == "next" and self.always:
            return "Cursor(page.paging.next, bool(page.paging.next))"
        if self.asked[0] == "next":
            return "Cursor(page.paging.next, bool(page.paging.next)) if page.paging else Cursor(None, has_more=False)"
        return "Cursor(page.next_cursor, bool(page.next_cursor))"

    def _rows(self) -> str:
        if self.asked[0] == "offset":
            return "ResultSet(offset=page.offset, more=page.has_more)"
        rows = "page.metadata.result_set"
        told = f"ResultSet({rows}.offset, {rows}.next_offset, {rows}.limit, {rows}.total_records, {rows}.more)"
        return f"{told} if page.metadata and {rows} else ResultSet()"


def pages_of(one: Operation, shapes: Shapes) -> Pages | None:
    """How an operation's answer is paged; `None` where it is not one list of objects."""
    if one.answer is None or one.method not in {"GET", "POST"}:
        return None
    members = resolved(one.answer.shape, shapes).members
    lists = [name for name, member in members.items() if _is_list_of_objects(resolved(member.shape, shapes), shapes)]
    names = {parameter.name for parameter in one.parameters}
    if len(lists) != 1 or (one.method == "POST" and not names & {*_OFFSETS, *_CURSORS}):
        return None
    size = next((name for name in _SIZES if name in names), "")
    backwards = tuple(name for name in _BACKWARDS if name in names)
    for kind, known in (("CURSOR", _CURSORS), ("OFFSET", _OFFSETS)):
        if asked := tuple(name for name in known if name in names):
            always = "paging" in members and members["paging"].required
            return Pages(lists[0], kind, size, (*asked, *backwards), always)
    read = words(one.name)
    return Pages(lists[0], "SINGLE", size) if {"list", "get", "search"} & set(read) and not one.path.endswith("}") else None


def _is_list_of_objects(shape: Shape, shapes: Shapes) -> bool:
    return shape.kind is Kind.LIST and shape.item is not None and bool(resolved(shape.item, shapes).members)
