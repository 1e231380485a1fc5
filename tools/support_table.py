"""Write the table of what works into README.md, from the code's own tables.

Usage: python tools/support_table.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

import swf_emulator.core
from swf_emulator.core.registry import DECISIONS, EVENTS
from swf_emulator.protocol import model, operations
from swf_emulator.protocol.call import OPERATIONS

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- support table: begin -->\n", "<!-- support table: end -->"

assert swf_emulator.core.__all__, "importing the core fills the tables"
assert operations.__all__, "and importing the operations theirs"


def table() -> str:
    """The operations by the module that answers them, the decisions, the events."""
    known = model.service_model()
    lines = ["| | | |", "|---|---|---|"]
    groups: dict[str, list[str]] = {}
    for name, entry in OPERATIONS.items():
        area = entry.function.__module__.rpartition(".")[2].replace("_", " ")
        groups.setdefault(area, []).append(name)
    for area, names in sorted(groups.items()):
        lines.append(f"| **{area.capitalize()}** | {len(names)} | {', '.join(names)} |")
    lines.append(f"| *all operations* | {len(OPERATIONS)} of {len(known.operations)} | |")
    decision_types = known.shapes["DecisionType"]["enum"]
    decisions = ", ".join(sorted(DECISIONS))
    lines.append(f"| **Decisions** | {len(DECISIONS)} of {len(decision_types)} | {decisions} |")
    event_types = known.shapes["EventType"]["enum"]
    lines.append(f"| **History events** | {len(EVENTS)} of {len(event_types)} | |")
    return "\n".join(lines) + "\n"


def renewed(text: str) -> str:
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return head + BEGIN + table() + END + tail


if __name__ == "__main__":
    text = README.read_text()
    if "--check" in sys.argv:
        sys.exit(text != renewed(text))
    README.write_text(renewed(text))
