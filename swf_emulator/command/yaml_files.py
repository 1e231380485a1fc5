"""YAML without what a file of settings does not need: references and repeated keys."""

from __future__ import annotations

from typing import Any

import yaml


class _Loader(yaml.BaseLoader):  # type: ignore[misc]  # the library has no types
    """Every scalar is a string."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.MarkedYAMLError(None, None, "references (*name) are not allowed", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                problem = "a key must be a string"
                raise yaml.MarkedYAMLError(None, None, problem, key.start_mark)
            if key.value in seen:
                problem = f"the key {key.value!r} must not be repeated"
                raise yaml.MarkedYAMLError(None, None, problem, key.start_mark)
            seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def yaml_value(text: str) -> Any:
    """Parse a document. Raises ValueError with the place, RecursionError for deep nesting."""
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = "" if mark is None else f" (at line {mark.line + 1}, column {mark.column + 1})"
        raise ValueError(f"{error.problem}{place}") from None
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None
