"""Payloads as people read them: JSON as a folding, coloured tree, anything else as its text.

The tree is made of ``details`` elements, so it folds without a script. Numbers keep the digits
that were sent, and keys that repeat are all shown.
"""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup, escape

DEPTH_MAX = 40
OPEN_DEPTH, OPEN_MAX = 3, 25
"""Up to that depth and number of members, a value is unfolded at first."""
MARKS = {
    "\u061c": "ALM",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
}
"""Characters that change the direction of text, with their names."""
_MARKS = str.maketrans({character: f"[{name}]" for character, name in MARKS.items()})


class _Number(str):
    """A number as it was written."""


class _Members(list[tuple[str, Any]]):
    """The members of an object, in order, repeated ones too."""


def visible(text: str) -> str:
    """The text with marks in place of characters that change its direction."""
    return text.translate(_MARKS)


def parsed(text: str) -> Any:
    """The value of a text that is a JSON object or array; None otherwise."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(
            text,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_Number,
            object_pairs_hook=_Members,
        )
    except (ValueError, RecursionError):
        return None


def tree(value: Any) -> Markup:
    """A payload, or attributes, as a tree; a text that is no JSON as it is."""
    if isinstance(value, str):
        found = parsed(value)
        if found is None:
            return Markup('<pre class="s">{}</pre>').format(visible(value))
        value = found
    out: list[str] = []
    _write(value, "", 0, out)
    return Markup("".join(out))


def _write(value: Any, key: str, depth: int, out: list[str]) -> None:
    if isinstance(value, dict):
        value = _Members(value.items())
    if isinstance(value, list) and value and depth < DEPTH_MAX:
        members = isinstance(value, _Members)
        begin, end, noun = ("{", "}", "key") if members else ("[", "]", "item")
        unfolded = " open" if depth < OPEN_DEPTH and len(value) <= OPEN_MAX else ""
        count = f"{len(value)} {noun}{'' if len(value) == 1 else 's'}"
        out.append(
            f'<details{unfolded}><summary>{key}<span class="p">{begin}</span>'
            f'<span class="when-shut"> {count} {end}</span></summary><div>'
        )
        for each in value:
            if members:
                name = f'<span class="k">{_quoted(each[0])}</span><span class="p">: </span>'
                _write(each[1], name, depth + 1, out)
            else:
                _write(each, "", depth + 1, out)
        out.append(f'</div><div class="p ln0">{end}</div></details>')
        return
    out.append(f'<div class="ln">{key}{_leaf(value)}</div>')


def _leaf(value: Any) -> str:
    if isinstance(value, _Members | list):
        text = "{}" if isinstance(value, _Members) else "[]"
        return f'<span class="p">{escape(_plain(value)) if value else text}</span>'
    if isinstance(value, _Number):
        return f'<span class="n">{escape(value)}</span>'
    if isinstance(value, str):
        return f'<span class="s">{_quoted(value)}</span>'
    kind = "l" if value is None or isinstance(value, bool) else "n"
    return f'<span class="{kind}">{escape(json.dumps(value))}</span>'


def _plain(value: Any) -> str:
    """A value that lies too deep to be drawn, in a word."""
    return f"{'{' if isinstance(value, _Members) else '['}…{len(value)}…"


def _quoted(text: str) -> str:
    return str(escape(visible(json.dumps(text, ensure_ascii=False))))
