"""The state machine: Hypothesis chooses the steps, everything is checked after each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import note
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from swf_emulator import Settings

from . import names, steps
from .simulation import Simulation
from .steps import STEPS

ONCE_SETTLED = 30
"""Steps before which nothing drastic happens: a service that is reset all the time gets
nowhere."""


Method = TypeVar("Method", bound=Callable[..., None])


def step(name: str) -> Callable[[Method], Method]:
    """A rule with the arguments of the step of that name."""
    arguments: Any = STEPS[name]
    decorate: Callable[[Method], Method] = rule(**arguments)
    return decorate


class ServiceMachine(RuleBasedStateMachine):
    """Starters, deciders, workers and the clock against one service."""

    sim: Simulation

    def __init__(self) -> None:
        super().__init__()
        self.started = False
        self.rounds = 0

    @initialize(settings=steps.settings)
    def begin(self, settings: Settings) -> None:
        self.sim = Simulation(settings, note=note)
        self.sim.start("north", "w1", names.FULL, {})
        self.started = True

    @step("start")
    def start(self, **given: Any) -> None:
        self.sim.start(**given)

    @step("start_and_drive")
    def start_and_drive(self, **given: Any) -> None:
        self.sim.start_and_drive(**given)

    @step("drive")
    def drive(self, **given: Any) -> None:
        self.sim.drive(**given)

    @step("drive")
    def drive_on(self, **given: Any) -> None:
        """Deciders are busier than all other clients."""
        self.sim.drive(**given)

    @step("serve")
    def serve(self, **given: Any) -> None:
        self.sim.serve(**given)

    @step("poll")
    def poll(self, **given: Any) -> None:
        self.sim.poll(**given)

    @precondition(lambda self: self.sim.pollers)
    @step("end_poll")
    def end_poll(self, **given: Any) -> None:
        self.sim.end_poll(**given)

    @precondition(lambda self: self.sim.decision_tokens)
    @step("decide")
    def decide(self, **given: Any) -> None:
        self.sim.decide(**given)

    @precondition(lambda self: self.sim.activity_tokens)
    @step("work")
    def work(self, **given: Any) -> None:
        self.sim.work(**given)

    @step("intervene")
    def intervene(self, **given: Any) -> None:
        self.sim.intervene(**given)

    @step("let_pass")
    def let_pass(self, **given: Any) -> None:
        self.sim.let_pass(**given)

    @step("drift")
    def drift(self, **given: Any) -> None:
        self.sim.drift(**given)

    @step("change_type")
    def change_type(self, **given: Any) -> None:
        self.sim.change_type(**given)

    @precondition(lambda self: self.rounds > ONCE_SETTLED)
    @step("change_domain")
    def change_domain(self, **given: Any) -> None:
        self.sim.change_domain(**given)

    @rule(domain=steps.domains, query=steps.queries)
    def browse(self, **given: Any) -> None:
        self.sim.browse(**given)

    @rule(which=steps.recent, paging=steps.history_paging)
    def read(self, **given: Any) -> None:
        self.sim.read(**given)

    @rule()
    def reimport(self) -> None:
        self.sim.reimport()

    @precondition(lambda self: self.rounds > ONCE_SETTLED)
    @rule()
    def reset(self) -> None:
        self.rounds = 0
        self.sim.reset()

    @invariant()
    def everything_holds(self) -> None:
        if self.started:
            self.rounds += 1
            self.sim.check()
