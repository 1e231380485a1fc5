"""The thread that lets deadlines fire by themselves under a clock that runs by itself."""

from __future__ import annotations

import threading

from .engine import Engine


class Ticker:
    """Sleeps until the engine's next deadline; the engine wakes it if one comes up earlier."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._condition = threading.Condition()
        self._earlier = False
        self._stopped = False
        self._thread: threading.Thread | None = None
        engine.on_earlier_deadline = self.wake

    def wake(self) -> None:
        """A deadline is earlier than the one slept for."""
        with self._condition:
            self._earlier = True
            if self._thread is None and not self._stopped:
                self._thread = threading.Thread(target=self._run, name="swf-ticker", daemon=True)
                self._thread.start()
            self._condition.notify()

    def stop(self) -> None:
        """Fire nothing any more. Returns once the thread has ended."""
        with self._condition:
            self._stopped = True
            self._condition.notify()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _run(self) -> None:
        engine = self._engine
        while True:
            at_ms = engine.next_deadline_ms()
            with self._condition:
                seconds = None if at_ms is None else engine.clock.seconds_until(at_ms)
                if not self._stopped and not self._earlier and (seconds is None or seconds > 0):
                    wait = None if seconds is None else min(seconds, threading.TIMEOUT_MAX)
                    self._condition.wait(wait)
                self._earlier = False
                if self._stopped:
                    return
            engine.tick()
