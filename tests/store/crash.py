"""The kill campaign: a server under load is killed, started again and compared with the notes.

``python -m tests.store.crash --kills 10000 --seed 1``; ``make crash`` for a short one.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from conformance.grammar import check_history
from swf_emulator import Emulator

from ..edges.command import serving
from .crash_client import BATCH, LIST, TYPE

CLIENTS = 3
KILLS_PER_FILE = 15
"""After so many kills a new file is begun, since everything is compared after each."""

LOAD_SECONDS = (0.05, 0.8)
"""The bounds of the time under load, from the first acknowledgment on."""


def campaign(kills: int, seed: int) -> Counter[str]:
    """Kill a server so many times. Returns how many facts of each kind were compared."""
    compared: Counter[str] = Counter()
    chance = random.Random(seed)
    while compared["kills"] < kills:
        with tempfile.TemporaryDirectory() as folder:
            rounds = min(KILLS_PER_FILE, kills - compared["kills"])
            compared += _one_file(Path(folder), rounds, chance)
    return compared


def _one_file(folder: Path, kills: int, chance: random.Random) -> Counter[str]:
    notes = [folder / f"notes-{number}" for number in range(CLIENTS)]
    for each in notes:
        each.touch()
    compared: Counter[str] = Counter()
    for number in range(kills + 1):
        options = ("--data", str(folder / "swf.db"), "--port", "0", "--poll-hold", "0.05")
        with serving(*options) as server:
            found = _get(server.url)
            facts = _compare(found, [line for each in notes for line in _lines(each)])
            if number == kills:
                return compared + facts
            if number == 0:
                _register(server.url)
            clients = [
                subprocess.Popen(
                    (
                        *(sys.executable, "-m", "tests.store.crash_client", server.url),
                        *(str(each), str(chance.random()), f"k{number}-c{index}"),
                    )
                )
                for index, each in enumerate(notes)
            ]
            sizes = [each.stat().st_size for each in notes]
            while not any(
                each.stat().st_size > size for each, size in zip(notes, sizes, strict=True)
            ):
                time.sleep(0.005)
            time.sleep(chance.uniform(*LOAD_SECONDS))
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
            for client in clients:
                assert client.wait(30) == 0
            compared["kills"] += 1
    raise AssertionError("the last round returns")


def _lines(notes: Path) -> Iterator[list[Any]]:
    for line in notes.read_text().splitlines():
        yield json.loads(line)


def _get(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/_emulator/state", timeout=30) as response:
        found: dict[str, Any] = json.load(response)
    return found


def _register(url: str) -> None:
    timeouts = {
        "defaultTaskList": LIST,
        "defaultTaskStartToCloseTimeout": "NONE",
        "defaultExecutionStartToCloseTimeout": "86400",
        "defaultChildPolicy": "TERMINATE",
    }
    for operation, members in (
        ("RegisterDomain", {"name": "d", "workflowExecutionRetentionPeriodInDays": "1"}),
        ("RegisterWorkflowType", {"domain": "d", **TYPE, **timeouts}),
        ("RegisterActivityType", {"domain": "d", **TYPE}),
    ):
        headers = {"X-Amz-Target": f"SimpleWorkflowService.{operation}"}
        request = urllib.request.Request(url, json.dumps(members).encode(), headers)
        urllib.request.urlopen(request, timeout=30).close()


def _compare(found: dict[str, Any], notes: list[list[Any]]) -> Counter[str]:
    """Raise AssertionError unless all that was acknowledged is there, once, and whole."""
    with Emulator(clock="virtual") as fold:
        fold.import_state(found)
        assert fold.export_state() == found
    executions = [each for domain in found["domains"] for each in domain["executions"]]
    events = {each["runId"]: each["events"] for each in executions}
    for each in executions:
        check_history(each["events"])
    names = [each["workflowId"] for each in executions]
    assert len(set(names)) == len(names)
    runs = {each["workflowId"]: each["runId"] for each in executions}
    signals = Counter(_values(events, "WorkflowExecutionSignaled", "signalName"))
    scheduled = Counter(_values(events, "ActivityTaskScheduled", "activityId"))
    results = Counter(_values(events, "ActivityTaskCompleted", "result"))
    for counts in (signals, scheduled, results):
        assert set(counts.values()) <= {1}, "nothing happens twice"
    beats = _last_beats(executions)
    noted = {(line[1], line[2]): line[3] for line in notes if line[0] == "beat"}
    handed: Counter[tuple[str, int]] = Counter()
    for what, *facts in notes:
        match what:
            case "started":
                assert runs[facts[0]] == facts[1]
            case "signaled":
                assert signals[facts[1]] == 1
            case "decision" | "activity":
                started = events[facts[0]][facts[1] - 1]["eventType"]
                assert started == f"{what.title()}TaskStarted"
                handed[facts[0], facts[1]] += 1
            case "try to decide":
                assert sum(scheduled[each] for each in facts[1]) in (0, BATCH)
            case "decided":
                assert all(scheduled[each] for each in facts[1])
            case "completed":
                assert results[facts[1]] == 1
            case "refused":
                raise AssertionError(facts[0])
    assert set(handed.values()) <= {1}, "no task is handed over twice"
    completed = set(_completed(events))
    for key, details in noted.items():
        assert key in completed or beats[key] == details
    return Counter(line[0] for line in notes)


def _values(events: dict[str, list[Any]], event_type: str, member: str) -> Iterator[str]:
    name = f"{event_type[0].lower()}{event_type[1:]}EventAttributes"
    for history in events.values():
        for event in history:
            if event["eventType"] == event_type:
                yield event[name][member]


def _completed(events: dict[str, list[Any]]) -> Iterator[tuple[str, str]]:
    """Run id and activity id of the completed activity tasks."""
    for run_id, history in events.items():
        for event in history:
            if event["eventType"] == "ActivityTaskCompleted":
                number = event["activityTaskCompletedEventAttributes"]["scheduledEventId"]
                scheduled = history[number - 1]["activityTaskScheduledEventAttributes"]
                yield run_id, scheduled["activityId"]


def _last_beats(executions: list[Any]) -> dict[tuple[str, str], str]:
    """The details of the heartbeats of open tasks, by run id and activity id."""
    return {
        (
            each["runId"],
            each["events"][int(event_id) - 1]["activityTaskScheduledEventAttributes"]["activityId"],
        ): beat["details"]
        for each in executions
        for event_id, beat in each["heartbeats"].items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    arguments = parser.parse_args()
    sys.stdout.write(f"seed {arguments.seed}\n")
    compared = campaign(arguments.kills, arguments.seed)
    sys.stdout.write(", ".join(f"{name}: {count}" for name, count in compared.items()) + "\n")


if __name__ == "__main__":
    main()
