"""A forked child: no deadlock, and a clear error if it uses the emulator of its parent."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from swf_emulator import Emulator

from . import workload

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork()"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

CHILDREN = 20


@pytest.mark.parametrize("stored", [False, True])
def test_a_child_does_not_wait_for_threads_that_it_does_not_have(
    tmp_path: Path, stored: bool
) -> None:
    with Emulator(data=tmp_path / "swf.db" if stored else None) as emulator:
        _fork_under_load(emulator)


def _fork_under_load(emulator: Emulator) -> None:
    swf = emulator.client()
    for operation, members in workload.REGISTRATIONS:
        emulator.service.call(emulator.service.scope_of(""), operation, **members)
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            swf.tag_resource(resourceArn=arn, tags=[{"key": "k", "value": "v"}])

    arn = swf.describe_domain(name=workload.DOMAIN)["domainInfo"]["arn"]
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(CHILDREN):
            assert _child(emulator) == 0
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert swf.describe_domain(name=workload.DOMAIN)["domainInfo"]["name"] == workload.DOMAIN


def _child(emulator: Emulator) -> int:
    """Use the emulator in a child process; return its exit status, 99 if it does not end."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            emulator.client().list_domains(registrationStatus="REGISTERED")
        except RuntimeError as error:
            emulator.close()
            with Emulator() as own:
                own.client().list_domains(registrationStatus="REGISTERED")
            status = 0 if "before fork()" in str(error) else 2
        finally:
            os._exit(status)
    expired = threading.Timer(10, os.kill, (pid, 9))
    expired.start()
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        expired.cancel()


def test_a_child_does_not_wait_for_locks_that_were_held(tmp_path: Path) -> None:
    """The threads that held them at the fork do not exist in the child."""
    with Emulator(data=tmp_path / "swf.db") as emulator:
        assert emulator._writer is not None
        locks = (emulator._writer._condition, emulator._ticker._condition, emulator.accounts._lock)
        for lock in locks:
            held, may_end = threading.Event(), threading.Event()

            def hold(lock: Any = lock, held: Any = held, may_end: Any = may_end) -> None:
                with lock:
                    held.set()
                    may_end.wait(20)

            thread = threading.Thread(target=hold)
            thread.start()
            held.wait(20)
            try:
                assert _child(emulator) == 0
            finally:
                may_end.set()
                thread.join()
