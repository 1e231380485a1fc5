"""``docs/fidelity.md``, made from the cases and the data beside this module.

``python -m conformance.reports.fidelity docs/fidelity.md`` writes it; with ``--check`` the exit
status is 1 if it is stale. The table of endpoints comes from ``peers.json``, which ``--peer
--keep`` of the suite writes: one run, one date.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

from conformance import catalogue, grammar, model
from conformance.case import Case
from conformance.language import check, recordings
from conformance.reports import items
from conformance.verdict import Grade

QUESTIONS = Path(__file__).parent / "open_questions.toml"
PEERS = Path(__file__).parent / "peers.json"
_SHOWN_MAX = 4

_HEAD = """\
# How faithful is the emulator?

Made by `python -m conformance.reports.fidelity docs/fidelity.md` from the cases of the
[conformance suite](../conformance/README.md); a test fails when it is stale.

The suite runs the same cases against any endpoint. Each case names the source of what it expects,
with a grade:

| Grade | Supported by |
|---|---|
| recorded | a captured answer of Amazon SWF, or a test that ran against it |
| documented | the API Reference, the Developer Guide or the service model |
| inferred | neither: a choice where they are silent, often the habit of other AWS services |

The emulator passes all cases except those under "Known differences". That says little about what is
inferred: there the emulator and the suite made the same choice, and only a run against Amazon SWF
can show whether it is right: `python -m conformance --aws`.
"""

_PEERS_NOTE = """\
A case that departs only from what is inferred counts as agreeing, since no source says otherwise;
cases are left out where they need a means of control that an endpoint does not offer. The counts
of {date} come from one run of the suite against fresh servers on one machine.

How to read them: most cases are about constraints of single members, which are generated from
the service model and weigh little in practice. The cases were written together with this
emulator, so that it does well on them is no surprise. Moto has other aims: it serves many AWS
services to tests of code that calls them, and checks requests of SWF less strictly than the
service does. {signals} cases about something else use SignalWorkflowExecution, most of them to get
another decision task; an endpoint on which that call fails, fails all of these.
"""


@cache
def _questions() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["question"])


def render() -> str:
    """The whole page."""
    cases = catalogue.all_cases()
    found = items.counts(cases)
    parts = [_HEAD, "## Endpoints under the same suite\n", _peers()]
    parts += ["## Cases by section\n", _sections(cases)]
    for title, kind, names in (
        ("Operations", "op", model.operations()),
        ("Decisions", "decision", model.decision_types()),
        ("Events", "event", model.event_types()),
    ):
        parts += [f"## {title}\n", _graded(title, [(n, found[kind, n]) for n in sorted(names)])]
    parts += ["## Known differences\n", _known_differences()]
    parts += ["## Open questions\n", _open_questions(cases)]
    return "\n".join(parts)


def _peers() -> str:
    kept = json.loads(PEERS.read_text(encoding="utf-8"))
    names = [column["name"] for column in kept["columns"]]
    head = _row(["cases that agree", *names]) + _row(["---", *["--:"] * len(names)])
    rows = []
    for section in kept["columns"][0]["sections"]:
        cells = []
        for column in kept["columns"]:
            agreeing, judged = column["sections"].get(section, [0, 0])
            cells.append(f"{agreeing} of {judged}" if judged else "–")
        rows.append(_row([section, *cells]))
    note = _PEERS_NOTE.format(date=kept["date"], signals=_signals())
    return head + "".join(rows) + "\n" + note


def _signals() -> int:
    """The number of cases that send a signal without being about it."""
    return sum(
        any("SignalWorkflowExecution" in check.calls(command) for command in script.commands)
        for section, script in catalogue.scripts()
        if "signal" not in script.name
    )


def _sections(cases: Sequence[Case]) -> str:
    graded: dict[str, Counter[Grade]] = {}
    for case in cases:
        graded.setdefault(case.section, Counter())[case.grade] += 1
    for rule in grammar.RULES:
        graded.setdefault("grammar", Counter())[rule.grade] += 1
    total: Counter[Grade] = sum(graded.values(), Counter())
    return _graded("Section", [*graded.items(), ("all", total)])


def _graded(title: str, rows: Iterable[tuple[str, Counter[Grade]]]) -> str:
    head = _row([title, *(grade.value for grade in Grade)]) + _row(["---", "--:", "--:", "--:"])
    lines = [_row([name, *(str(found[g] or "–") for g in Grade)]) for name, found in rows]
    return head + "".join(lines)


def _known_differences() -> str:
    head = "Recordings that the emulator does not reproduce yet:\n\n" + _row(["recording", "why"])
    rows = [_row([f"`{name}`", why]) for name, why in recordings.known_differences().items()]
    return head + _row(["---", "---"]) + "".join(rows)


def _open_questions(cases: Sequence[Case]) -> str:
    text = (
        "Questions that no source settles, the emulator's choice, and the cases that show it;\n"
        "`--select` runs them.\n\n"
    )
    topic = ""
    for number, question in enumerate(_questions(), 1):
        if question["topic"] != topic:
            topic = question["topic"]
            text += ("\n" if number > 1 else "") + f"### {topic}\n\n"
            text += _row(["#", "Question", "Choice", "Shown by"]) + _row(["--:", *["---"] * 3])
        text += _row([str(number), question["asks"], question["choice"], _shown(question, cases)])
    return text


def _shown(question: dict[str, Any], cases: Sequence[Case]) -> str:
    if "unshown" in question:
        return f"no case: {question['unshown']}"
    parts = []
    for pattern in question["cases"]:
        number = len(matching(pattern, cases))
        parts.append(f"`{pattern}`" + (f" ({number})" if number > 1 else ""))
    return ", ".join(parts)


def matching(pattern: str, cases: Iterable[Case]) -> list[str]:
    """The ids of the cases that a pattern of a question means."""
    return [case.id for case in cases if fnmatch(case.id, pattern)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or check whether it is stale."""
    parser = argparse.ArgumentParser(
        prog="python -m conformance.reports.fidelity", description=__doc__
    )
    parser.add_argument("page", type=Path)
    parser.add_argument("--check", action="store_true", help="status 1 when the page is stale")
    options = parser.parse_args(arguments)
    text = render()
    if options.check:
        return 0 if options.page.read_text(encoding="utf-8") == text else 1
    options.page.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
