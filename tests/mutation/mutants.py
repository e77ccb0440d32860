"""Small faults put into a source file, one at a time: what may be changed where, as values. Pure.

A mutant is known by its file, the function it stands in, what was done, and its number among those that are alike; so it keeps
its name when lines move.
"""

from __future__ import annotations

import ast
import collections
import hashlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

__all__ = ["Mutant", "mutants_of"]

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
_ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "-", ast.Sub: "+", ast.Mult: "+", ast.FloorDiv: "*", ast.Div: "*"}
_BUILT_TO_BE_READ = {"__repr__", "__rich_repr__", "__str__"}
_PAIR = 2
_Text = Callable[[ast.AST], str]


class Mutant(NamedTuple):
    """One fault: its name, and the text that takes the place of `start` to `end` (offsets in the source)."""

    name: str
    source: str
    """A digest of the file, which tells whether what was found of it still counts."""
    line: int
    start: int
    end: int
    text: str

    @property
    def path(self) -> str:
        return self.name.partition(":")[0]

    @property
    def key(self) -> tuple[str, str]:
        return self.name, self.source

    def applied(self, source: str) -> str:
        return source[: self.start] + self.text + source[self.end :]


class _Change(NamedTuple):
    kind: str
    node: ast.AST
    text: str


def mutants_of(path: str, source: str) -> list[Mutant]:
    """Every mutant of a file, in the order of its text."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    lines = source.splitlines()
    digest = hashlib.blake2b(source.encode(), digest_size=6).hexdigest()

    def offset(line: int, column: int) -> int:
        # ast counts columns in bytes
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    found: list[Mutant] = []
    seen: collections.Counter[str] = collections.Counter()
    for scope, change in _changes(ast.parse(source), source, ""):
        node = change.node
        assert isinstance(node, ast.expr | ast.stmt)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        name = f"{path}:{scope or 'module'}:{change.kind}"
        seen[name] += 1
        start, end = offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)
        found.append(Mutant(f"{name}:{seen[name]}", digest, node.lineno, start, end, change.text))
    return found


def _changes(node: ast.AST, source: str, scope: str) -> Iterator[tuple[str, _Change]]:
    for child in ast.iter_child_nodes(node):
        if _is_left_alone(child, node):
            continue
        inner = scope
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{scope}.{child.name}" if scope else child.name
        if scope or inner:  # a module's own statements are declarations
            for change in _of(child, source):
                yield inner, change
        yield from _changes(child, source, inner)


def _is_left_alone(child: ast.AST, parent: ast.AST) -> bool:
    """What is no behaviour (annotations, decorators, docstrings, types) or is meant to be read (messages)."""
    if isinstance(child, ast.FunctionDef) and child.name in _BUILT_TO_BE_READ:
        return True
    if isinstance(child, ast.Raise | ast.arguments | ast.JoinedStr | ast.Assert):
        return True
    if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return child in parent.decorator_list or child is getattr(parent, "returns", None) or _is_text(child)
    if isinstance(parent, ast.AnnAssign):
        return child is parent.annotation
    if isinstance(child, ast.If):
        return isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING"
    return _is_text(child) or _is_logging(child)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_logging(node: ast.AST) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    function = call.func if isinstance(call, ast.Call) else None
    return isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "_log"


def _of(node: ast.AST, source: str) -> Iterator[_Change]:
    """What may be done to one node."""

    def text(part: ast.AST) -> str:
        return ast.get_source_segment(source, part) or ""

    yield from _of_statement(node, text)
    yield from _of_expression(node, text)
    yield from _swapped(node, text)


def _of_statement(node: ast.AST, text: _Text) -> Iterator[_Change]:
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            yield _Change("condition", test, f"(not ({text(test)}))")
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield _Change("return", node, "return None")
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.AugAssign():
            yield _Change("statement", node, "pass")
        case ast.Continue():
            yield _Change("loop", node, "break")
        case ast.Break():
            yield _Change("loop", node, "continue")
        case _:
            pass


def _of_expression(node: ast.AST, text: _Text) -> Iterator[_Change]:
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            yield _Change("comparison", node, f"({text(left)} {_COMPARISONS[type(operator)]} {text(right)})")
        case ast.BoolOp(op=operator, values=values):
            other = " or " if isinstance(operator, ast.And) else " and "
            yield _Change("and-or", node, f"({other.join(f'({text(one)})' for one in values)})")
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield _Change("not", node, f"({text(operand)})")
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _ARITHMETIC and not _makes_text(left, right):
            yield _Change("arithmetic", node, f"(({text(left)}) {_ARITHMETIC[type(operator)]} ({text(right)}))")
        case ast.Constant(value=bool(value)):
            yield _Change("constant", node, str(not value))
        case ast.Constant(value=int(value)):
            yield _Change("constant", node, f"({value + 1})")
        case _:
            pass


def _makes_text(*operands: ast.expr) -> bool:
    return any(
        isinstance(one, ast.JoinedStr) or (isinstance(one, ast.Constant) and isinstance(one.value, str)) for one in operands
    )


def _swapped(node: ast.AST, text: _Text) -> Iterator[_Change]:
    """The first two of several names, attributes or texts change places."""
    parts: list[ast.expr] = []
    if isinstance(node, ast.Tuple | ast.List):
        parts = node.elts
    elif isinstance(node, ast.Call) and len(node.args) >= _PAIR:
        parts = node.args
    if len(parts) < _PAIR or type(parts[0]) is not type(parts[1]) or text(parts[0]) == text(parts[1]):
        return
    if not isinstance(parts[0], ast.Name | ast.Attribute | ast.Constant) or isinstance(getattr(node, "ctx", None), ast.Store):
        return
    whole = text(node)
    first, second = text(parts[0]), text(parts[1])
    before, _, after = whole.partition(first)
    middle, _, rest = after.partition(second)
    yield _Change("swap", node, f"{before}{second}{middle}{first}{rest}")
