"""Sample workflows that run inside the emulator at one click, for whoever is new here."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from ...engine.domains import Scope
from ..site import Site, done
from .crew import Crews, Sample
from .orders import ORDERS
from .pictures import PICTURES

SAMPLES: dict[str, Sample] = {sample.name: sample for sample in (ORDERS, PICTURES)}


def register(routes: Blueprint, site: Site) -> None:
    """``/samples/<name>``."""
    crews = Crews()

    @routes.context_processor
    def offered() -> dict[str, object]:
        return {"samples": list(SAMPLES.values())}

    @routes.post("/samples/<name>")
    def launch_sample(name: str) -> Response:
        """Register the sample's domain and types, start an execution, do its work."""
        sample = SAMPLES.get(name)
        if sample is None:
            raise NotFound
        scope: Scope = site.scope
        workflow_id, run_id = crews.launch(site.calls, scope, sample, dict(request.form))
        location = url_for(
            "console.show_events", domain=sample.domain, workflow_id=workflow_id, run_id=run_id
        )
        return done(f"Launched {sample.title}", location)
