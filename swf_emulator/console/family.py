"""The family of an execution: its parents, its children and theirs, the runs that continue it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..engine.domains import Scope
from ..engine.history import decode_event
from ..engine.view import ExecutionRecord, View
from .execution import execution_page
from .pages import Data, Entry
from .site import Shown, Site

ANCESTORS_MAX, DEPTH_MAX, MEMBERS_MAX, CHAIN_MAX = 20, 6, 300, 50
CHILD_STARTED = b'"eventType":"ChildWorkflowExecutionStarted"'
STUCK = "STUCK"


@dataclass(slots=True)
class Member:
    """An execution of the family. ``status`` may be STUCK, or GONE once it was forgotten."""

    workflow_id: str
    run_id: str
    type_name: str = ""
    status: str = "GONE"
    domain: str = ""
    started_ms: int | None = None
    closed_ms: int | None = None
    this: bool = False
    children: list[Member] = field(default_factory=list)
    more: int = 0


def family_tree(view: View, scope: Scope, record: ExecutionRecord) -> Member:
    """The tree around an execution, at one moment."""
    return _tree(view, scope, record)[0]


@execution_page("family", "execution_family.html", tab=Entry(7, "Family"))
def show_family(site: Site, shown: Shown) -> Data:
    tree, count = site.read(_tree, shown.record)
    return {"tree": tree, "members": count, "chain": site.read(_chain, shown.record)}


def _tree(view: View, scope: Scope, record: ExecutionRecord) -> tuple[Member, int]:
    """The tree from the oldest ancestor that still exists, and the number of its members.

    Ancestors are shown without their other children.
    """
    path = [record]
    while path[0].parent is not None and len(path) < ANCESTORS_MAX:
        above = view.find(scope, path[0].parent["runId"])
        if above is None:
            break
        path.insert(0, above)
    left = [MEMBERS_MAX - len(path)]
    this = _member(view, record)
    this.this = True
    _add_children(view, scope, record, this, DEPTH_MAX, left)
    tree = this
    for above in reversed(path[:-1]):
        member = _member(view, above)
        runs = _children(view.history(above))
        member.children, member.more = [tree], max(len(runs) - 1, 0)
        tree = member
    parent = path[0].parent
    if parent is not None:
        tree = Member(parent["workflowId"], parent["runId"], children=[tree])
    return tree, MEMBERS_MAX - left[0]


def _add_children(
    view: View, scope: Scope, record: ExecutionRecord, member: Member, depth: int, left: list[int]
) -> None:
    runs = _children(view.history(record))
    for number, (workflow_id, run_id) in enumerate(runs):
        if left[0] <= 0 or not depth:
            member.more = len(runs) - number
            return
        left[0] -= 1
        child = view.find(scope, run_id)
        if child is None:
            member.children.append(Member(workflow_id, run_id))
            continue
        below = _member(view, child)
        member.children.append(below)
        _add_children(view, scope, child, below, depth - 1, left)


def _children(history: Sequence[bytes]) -> list[tuple[str, str]]:
    """The workflow and run ids of the children that a history has started."""
    found = []
    for stored in history:
        if CHILD_STARTED in stored:
            execution = decode_event(stored).attributes.get("workflowExecution", {})
            found.append((execution.get("workflowId", ""), execution.get("runId", "")))
    return found


def _member(view: View, record: ExecutionRecord) -> Member:
    stuck = record.open and any(item.task_list is not None for item in view.open_items(record))
    return Member(
        record.workflow_id,
        record.run_id,
        f"{record.type_name} {record.type_version}",
        STUCK if stuck else record.status,
        record.domain,
        record.started_ms,
        record.closed_ms,
    )


def _chain(view: View, scope: Scope, record: ExecutionRecord) -> list[Member]:
    """The runs that continue each other, the first one first; [] if there is only this one."""
    before: list[ExecutionRecord] = []
    at = record
    while at.continued_run_id and len(before) < CHAIN_MAX:
        found = view.find(scope, at.continued_run_id)
        if found is None:
            break
        before.insert(0, found)
        at = found
    after: list[ExecutionRecord] = []
    runs = {
        each.continued_run_id: each
        for each in view.executions(scope, record.domain, workflow_id=record.workflow_id)
    }
    at = record
    while (following := runs.get(at.run_id)) is not None and len(after) < CHAIN_MAX:
        after.append(following)
        at = following
    chain = [_member(view, each) for each in (*before, record, *after)]
    if len(chain) == 1:
        return []
    chain[len(before)].this = True
    return chain
