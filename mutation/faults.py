"""Small deliberate faults in Python source, one at a time.

A mutant is a module with one change that a test ought to notice: a comparison turned, a condition
negated, a number off by one, a word of the protocol replaced, a statement left out.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change in one module."""

    path: Path
    line: int
    change: str
    source: str
    """The whole module with the change."""


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    subscripts = [node.slice for node in ast.walk(tree) if isinstance(node, ast.Subscript)]
    for number, node in enumerate(ast.walk(tree)):
        if isinstance(node, ast.Tuple) and node in subscripts:
            continue  # the parameters of a type
        for change, alter in _changes(node):
            altered = copy.deepcopy(tree)
            target = next(n for i, n in enumerate(ast.walk(altered)) if i == number)
            alter(target)
            line = getattr(node, "lineno", 0)
            yield Mutant(path, line, change, ast.unparse(ast.fix_missing_locations(altered)))


class _Alter:
    """A named change of a node in place."""

    def __init__(self, attribute: str, value: object, index: int | None = None) -> None:
        self.attribute = attribute
        self.value = value
        self.index = index

    def __call__(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(node, self.attribute, self.value)
        else:
            getattr(node, self.attribute)[self.index] = self.value


def _changes(node: ast.AST) -> Iterator[tuple[str, _Alter]]:
    if isinstance(node, ast.Compare):
        for index, op in enumerate(node.ops):
            turned = _TURNED[type(op)]
            change = f"{type(op).__name__} -> {turned.__name__} in: {ast.unparse(node)}"
            yield change, _Alter("ops", turned(), index)
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"and <-> or in: {ast.unparse(node)}", _Alter("op", other)
    elif isinstance(node, (ast.If, ast.IfExp)) and not _types_only(node.test):
        negated = ast.UnaryOp(ast.Not(), copy.deepcopy(node.test))
        yield f"negated: {ast.unparse(node.test)}", _Alter("test", negated)
    if isinstance(node, (ast.FunctionDef, ast.If, ast.For)):
        for index, statement in enumerate(node.body):
            if _is_effect(statement):
                change = f"left out: {ast.unparse(statement)}"
                yield change, _Alter("body", ast.Pass(), index)
    if isinstance(node, (ast.Call, ast.Dict, ast.List, ast.Tuple)):
        yield from _words(node)
    if isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant):
        yield from _facts(node.arg or "", node.value.value)


def _types_only(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def _is_effect(statement: ast.stmt) -> bool:
    """Whether a statement is there for what it does."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, (ast.Call, ast.Yield, ast.YieldFrom))
    return isinstance(statement, ast.AugAssign)


def _facts(name: str, value: object) -> Iterator[tuple[str, _Alter]]:
    """Facts that are stated as arguments by name: ``triggers=True``, ``by="StartTimer"``."""
    if isinstance(value, bool):
        yield f"{name}={value} -> {not value}", _Alter("value", ast.Constant(not value))
    elif isinstance(value, str) and value.isidentifier():
        yield f"{name}={value!r} -> 'Nonsense'", _Alter("value", ast.Constant("Nonsense"))


def _words(node: ast.Call | ast.Dict | ast.List | ast.Tuple) -> Iterator[tuple[str, _Alter]]:
    """Words of the protocol and numbers among arguments and elements."""
    name = {ast.Call: "args", ast.Dict: "values"}.get(type(node), "elts")
    for index, item in enumerate(getattr(node, name)):
        if not isinstance(item, ast.Constant):
            continue
        value = item.value
        if isinstance(value, str) and value.isidentifier() and value[0].isupper():
            yield f"{value!r} -> 'Nonsense'", _Alter(name, ast.Constant("Nonsense"), index)
        elif isinstance(value, int) and not isinstance(value, bool):
            yield f"{value} -> {value + 1}", _Alter(name, ast.Constant(value + 1), index)
