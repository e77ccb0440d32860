"""Names in the project's style for what a specification names in its own."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterable

from tests.specs.facts import Operation

__all__ = [
    "class_name",
    "constant",
    "groups",
    "is_of",
    "method_name",
    "noun",
    "plural",
    "python_name",
    "sentence",
    "singular",
    "summary",
    "words",
]

_VERBS = {
    "add": "add",
    "fetch": "get",
    "find": "get",
    "insert": "create",
    "new": "create",
    "retrieve": "get",
    "remove": "delete",
}
_SMALL_WORDS = {"a", "an", "as", "by", "for", "from", "in", "of", "on", "the", "to", "with"}
_NOISE = {"api", "endpoints"}


def words(name: str) -> list[str]:
    """The words of a name in any style, in lower case."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name.replace("OAuth", "Oauth"))
    return [word.lower() for word in re.split(r"[^A-Za-z0-9]+", spaced) if word]


def python_name(name: str) -> str:
    """A name of an argument or a field."""
    found = "_".join(words(name)) or "value"
    found = f"n{found}" if found[0].isdigit() else found
    return f"{found}_" if keyword.iskeyword(found) or found == "self" else found


def class_name(name: str) -> str:
    """A name of a struct, an enum or a group of operations."""
    found = "".join(word[0].upper() + word[1:] for word in words(name))
    return f"N{found}" if found[:1].isdigit() else found


def constant(value: str) -> str:
    """A name of an enum's member."""
    found = "_".join(words(value)).upper() or "EMPTY"
    return f"N{found}" if found[0].isdigit() else found


def singular(word: str) -> str:
    """A noun in the singular, as far as its letters tell."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def noun(group: str) -> str:
    """What a group of operations is about, one of them: `pbx address`."""
    *before, last = group.split("_")
    return " ".join([*before, singular(last)])


def plural(word: str) -> str:
    """A noun in the plural, as far as its letters tell."""
    if word.endswith("s"):
        return word if singular(word) != word else f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else f"{word}s"


def summary(name: str, group: str, words_of_it: str) -> str:
    """What a method does, as the first sentence of its docstring."""
    one = noun(group)
    a = "an" if one[0] in "aeiou" else "a"
    many = " ".join([*one.split()[:-1], plural(one.split()[-1])])
    usual = {
        "create": f"Create {a} {one}.",
        "delete": f"Delete {a} {one}.",
        "get": f"Fetch one {one}.",
        "list": f"List {many}.",
        "update": f"Change {a} {one}; what is not given stays.",
    }
    return usual.get(name) or sentence(words_of_it)


def sentence(text: str) -> str:
    """A text as the first sentence of a docstring."""
    first = re.split(r"(?<=[.!?])\s", " ".join(text.split()))[0].replace("\\", "/").replace('"""', "'")
    return f"{first[:1].upper()}{first[1:]}" + ("" if first.endswith((".", "!", "?")) else ".")


def _literals(path: str) -> list[str]:
    return [
        "_".join(words(step)) for step in path.split("/") if step and "{" not in step and not re.fullmatch(r"v\d[\d.]*", step)
    ]


def groups(operations: Iterable[Operation]) -> dict[str, list[Operation]]:
    """Operations by group: the vendor's own groups, or the path's words where the vendor has but one."""
    operations = list(operations)
    single = len({one.group for one in operations}) == 1
    found: dict[str, list[Operation]] = {}
    for one in operations:
        named = [word for word in words(one.group) if word not in _NOISE]
        steps = _literals(one.path.partition("{")[0])[1:3] or _literals(one.path)[1:2]
        found.setdefault("_".join(steps if single else named), []).append(one)
    return found


def is_of(one: Operation, group: str, asked: str) -> bool:
    """Whether somebody who asks for this word means this operation: its group, its name, or words of its path."""
    steps = _literals(one.path)
    runs = {"_".join(steps[first:last]) for first in range(len(steps)) for last in range(first + 1, len(steps) + 1)}
    return asked in {group, one.name, *runs}


def method_name(one: Operation, group: str, *, lists: bool, taken: Collection[str]) -> str:
    """`list`, `get`, `create`, `update`, `delete` or the API's own verb, without the words that the group says already."""
    said = {form for word in group.split("_") for form in (word, singular(word), f"{word}s", f"{word}es")}
    first, *rest = words(one.name)
    left = [word for word in rest if word not in said and not (lists and word == "list")]
    while left and left[-1] in _SMALL_WORDS:
        left.pop()
    verb = _VERBS.get(first, first)
    if lists and verb == "get":
        verb = "list"
    for name in ("_".join([verb, *left]), "_".join([verb, *rest]), "_".join(words(one.name))):
        if (found := python_name(name)) not in taken:
            return found
    return f"{python_name(one.name)}_{one.method.lower()}"
