"""Values of the case language: JSON without needless quotes.

``{name: a, list: [x, 2]}`` is an object, ``x`` a string, ``2`` an integer, ``"2"`` a string,
``true`` a boolean, ``$run`` a variable (``$t+1`` adds a number), ``repeat(x, 257)`` a long string,
and ``<...>`` a pattern such as ``<any>``, ``<absent>``, ``<re:^22>`` or ``<one of a|b>``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance import model

_BARE = re.compile(r"(?:\$\{\w+\}|[^\s{}\[\],])+")
_BARE_NESTED = re.compile(r"(?:\$\{\w+\}|[^\s{}\[\],:])+")
_INTEGER = re.compile(r"-?\d+$")
_FRACTION = re.compile(r"-?\d+\.\d+$")
_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)([+-]\d+(?:\.\d+)?)?$")
_INNER_VARIABLE = re.compile(r"\$\{(\w+)\}")
_REPEAT = re.compile(r"repeat\((.+?),\s*(\d+)\)")
_REPEATED_MIN = 40


class ValueSyntaxError(Exception):
    """The text is not a value."""


class Unbound(LookupError):
    """A variable is used that no answer has given a value."""


@dataclass(frozen=True, slots=True)
class Variable:
    """``$name``: bound by its first use in an expectation, compared afterwards."""

    name: str
    offset: float = 0.0

    def __str__(self) -> str:
        return f"${self.name}{self.offset:+g}" if self.offset else f"${self.name}"


@dataclass(frozen=True, slots=True)
class Pattern:
    """``<kind:argument>``: a value known only by its form."""

    kind: str
    argument: str = ""

    def __str__(self) -> str:
        return f"<{self.kind}:{self.argument}>" if self.argument else f"<{self.kind}>"


_KINDS: dict[str, Callable[[Any, str], bool]] = {
    "any": lambda got, arg: True,
    "text": lambda got, arg: isinstance(got, str) and got != "",
    "int": lambda got, arg: isinstance(got, int) and not isinstance(got, bool),
    "timestamp": lambda got, arg: _is_timestamp(got),
    "re": lambda got, arg: isinstance(got, str) and re.search(arg, got) is not None,
    "not": lambda got, arg: str(got) != arg,
    "one of": lambda got, arg: str(got) in arg.split("|"),
    "at least": lambda got, arg: isinstance(got, (int, float)) and got >= float(arg),
    "at most": lambda got, arg: isinstance(got, (int, float)) and got <= float(arg),
    "length": lambda got, arg: isinstance(got, (str, list)) and len(got) == int(arg),
    "null": lambda got, arg: got is None,
    "absent": lambda got, arg: False,
}


def _is_timestamp(got: object) -> bool:
    """SWF writes timestamps as seconds since the epoch with at most three decimals."""
    if isinstance(got, bool) or not isinstance(got, (int, float)):
        return False
    return got > 1e9 and abs(got * 1000 - round(got * 1000)) < 0.01


def pattern_accepts(pattern: Pattern, got: object) -> bool:
    """Whether a present value has the form."""
    return _KINDS[pattern.kind](got, pattern.argument)


def parse(text: str) -> Any:
    """One whole value."""
    value, end = parse_at(text, 0)
    if text[end:].strip():
        raise ValueSyntaxError(f"unexpected {text[end:].strip()!r} after a value in {text!r}")
    return value


def parse_at(text: str, start: int, nested: bool = False) -> tuple[Any, int]:
    """The value that begins at ``start`` and the position behind it."""
    at = _skip(text, start)
    if at >= len(text):
        raise ValueSyntaxError(f"a value is missing in {text!r}")
    first = text[at]
    if first == "{":
        return _parse_object(text, at)
    if first == "[":
        return _parse_list(text, at)
    if first == '"':
        return json.JSONDecoder(strict=False).raw_decode(text, at)
    if first == "<":
        return _parse_pattern(text, at)
    repeated = _REPEAT.match(text, at)
    if repeated:
        return repeated[1] * int(repeated[2]), repeated.end()
    found = (_BARE_NESTED if nested else _BARE).match(text, at)
    if found is None:
        raise ValueSyntaxError(f"no value at {text[at:]!r}")
    return _scalar(found[0]), found.end()


def written(value: Any, shape: model.Shape | None = None) -> str:
    """The shortest text that `parse` and the service model read as this value."""
    for text in _notations(value, shape):
        try:
            if model.coerce(parse(text), shape) == value:
                return text
        except ValueSyntaxError:
            continue
    return json.dumps(value, ensure_ascii=False, default=str)


def _notations(value: Any, shape: model.Shape | None) -> Iterator[str]:
    if isinstance(value, (Variable, Pattern)):
        yield str(value)
    elif isinstance(value, str):
        if len(value) >= _REPEATED_MIN and len(set(value)) == 1:
            yield f"repeat({value[0]}, {len(value)})"
        yield value
    elif isinstance(value, list):
        inner = shape.member if shape is not None and shape.type_name == "list" else None
        yield "[" + ", ".join(written(item, inner) for item in value) + "]"
    elif isinstance(value, dict):
        if set(value) <= {"name", "version"} and isinstance(value.get("name"), str):
            yield value["name"]
            yield f"{value['name']}:{value.get('version')}"
        members = shape.members if shape is not None and shape.type_name == "structure" else {}
        parts = (f"{name}: {written(item, members.get(name))}" for name, item in value.items())
        yield "{" + ", ".join(parts) + "}"


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _scalar(word: str) -> Any:
    if word in ("true", "false"):
        return word == "true"
    if word == "null":
        return None
    if _INTEGER.match(word):
        return int(word)
    if _FRACTION.match(word):
        return float(word)
    variable = _VARIABLE.match(word)
    if variable:
        return Variable(variable[1], float(variable[2] or 0))
    return word


def _parse_object(text: str, at: int) -> tuple[dict[str, Any], int]:
    result: dict[str, Any] = {}
    at = _skip(text, at + 1)
    while text[at : at + 1] != "}":
        key, at = parse_at(text, at, nested=True)
        at = _skip(text, at)
        if text[at : at + 1] != ":":
            raise ValueSyntaxError(f"':' expected at {text[at:]!r}")
        result[str(key)], at = parse_at(text, at + 1, nested=False)
        at = _separator(text, at, "}")
    return result, at + 1


def _parse_list(text: str, at: int) -> tuple[list[Any], int]:
    result: list[Any] = []
    at = _skip(text, at + 1)
    while text[at : at + 1] != "]":
        item, at = parse_at(text, at)
        result.append(item)
        at = _separator(text, at, "]")
    return result, at + 1


def _separator(text: str, at: int, end: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] == ",":
        return _skip(text, at + 1)
    if text[at : at + 1] != end:
        raise ValueSyntaxError(f"',' or {end!r} expected at {text[at:]!r}")
    return at


def _parse_pattern(text: str, at: int) -> tuple[Pattern, int]:
    end = text.find(">", at)
    while end > 0 and text[end - 1] == "\\":
        end = text.find(">", end + 1)
    if end < 0:
        raise ValueSyntaxError(f"'>' is missing in {text[at:]!r}")
    inside = text[at + 1 : end].replace("\\>", ">")
    for kind in _KINDS:
        if inside == kind:
            return Pattern(kind), end + 1
        if inside.startswith((kind + ":", kind + " ")):
            return Pattern(kind, inside[len(kind) + 1 :].strip()), end + 1
    raise ValueSyntaxError(f"no such pattern: <{inside}>")


def substitute(value: Any, variables: Mapping[str, Any]) -> Any:
    """Replace variables by what they are bound to; ``${name}`` works inside strings."""
    if isinstance(value, Variable):
        if value.name not in variables:
            raise Unbound(f"${value.name} has no value")
        bound = variables[value.name]
        return bound + value.offset if value.offset else bound
    if isinstance(value, dict):
        return {k: substitute(v, variables) for k, v in value.items()}
    if isinstance(value, list):
        return [substitute(v, variables) for v in value]
    if isinstance(value, str):
        return _INNER_VARIABLE.sub(lambda m: _inner(m[1], variables), value)
    return value


def _inner(name: str, variables: Mapping[str, Any]) -> str:
    if name not in variables:
        raise Unbound(f"${{{name}}} has no value")
    return str(variables[name])
