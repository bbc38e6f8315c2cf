"""The real worker with a mistake in it: validation fails on some charts, and says whose in its error and to a library's
log. What it knows of a person must not get out all the same."""

import logging
from dataclasses import dataclass
from typing import Any

from faust import Worker

from agents.assembly import Assembly
from agents.delivery import Delivery
from agents.stage import Judgement, Stage, Verdict, World
from agents.worker import build
from console import logs
from schemas.events import ChartCompleted
from schemas.records import Record
from streams.settings import Settings

CLUMSY = "7x"
"""The end of a planted record number whose chart makes validation fail: one of ten."""


@dataclass(frozen=True)
class Talkative:
    """A stage that fails on some charts; everything else is the stage's own."""

    stage: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stage, name)

    def step(self, world: World, event: Any, record: Record) -> Verdict:
        if isinstance(event, ChartCompleted):
            said = f"{event.patient.name} of {event.patient.mrn} at {event.patient.phone}"
            logging.getLogger("faust.transport").debug("message: %r %r", record.key, said)
            logging.getLogger("faust.agents").warning("crashed: %r", said)
            if event.patient.mrn.endswith(CLUMSY):
                raise ValueError(f"cannot judge {said}")
        verdict: Verdict = self.stage.step(world, event, record)
        return verdict


class Clumsy(Assembly):
    def stage(self, name: str) -> Judgement | Delivery:
        judgement = super().stage(name)
        if name == "validation" and isinstance(judgement, Judgement):
            talkative: Stage = Talkative(judgement.stage)
            judgement.stage = talkative
        return judgement


def main() -> None:
    settings = Settings()
    logs.set_up(settings.log_level)
    logging.getLogger("faust").setLevel(logging.DEBUG)  # as a library, or a curious operator, might do
    worker = Worker(build(settings, Clumsy(settings)), override_logging=False, redirect_stdouts=False, quiet=True)
    worker.spinner = None
    worker.execute_from_commandline()


if __name__ == "__main__":
    main()
