"""Probes of several deployments side by side, each over a pipe of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from threading import Lock
from typing import Any

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.probe.outcome import Outcome, judge
from rea_xcom_tui.fleet.probe.runners import Place, Running
from rea_xcom_tui.fleet.probe.settings import Settings, scrub

SIDE_BY_SIDE = 4
"""Probes at a time."""

Tell = Callable[[Settings, str], None]
"""Called with each step as it begins, from several threads but never at once."""

Done = Callable[[Outcome], None]
"""Called with each outcome as soon as it is known, likewise."""


class Probes:
    """A set of probes that can be stopped as one."""

    def __init__(self, seconds: float, tell: Tell, done: Done | None = None) -> None:
        self._seconds = seconds
        self._tell = tell
        self._done = done
        self._lock = Lock()
        self._running: set[Running] = set()
        self._stopped = False

    def run(self, chosen: Sequence[tuple[Settings, Place]]) -> list[Outcome]:
        """Carry them out and return what came of each, in their order.

        On Ctrl-C every one is told to stop and has cleaned up, before the interrupt goes on to the caller.
        """
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            futures = [pool.submit(self._told, settings, place) for settings, place in chosen]
            try:
                waiting = set(futures)
                while waiting:
                    _, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
            except KeyboardInterrupt:
                self.stop()
                raise
        return [future.result() for future in futures]

    def stop(self) -> None:
        """Let go of all of them; each cleans up and ends."""
        with self._lock:
            self._stopped = True
            for running in self._running:
                running.let_go()

    def _told(self, settings: Settings, place: Place) -> Outcome:
        outcome = self._one(settings, place)
        if self._done is not None:
            with self._lock:
                self._done(outcome)
        return outcome

    def _one(self, settings: Settings, place: Place) -> Outcome:
        target = f"{settings.shown_path}/{settings.own}"
        outcome = Outcome(settings.deployment, place.words, target, pending=settings.pending, called=settings.called)
        with self._lock:
            if self._stopped:
                return _not_begun(outcome, "stopped", "stopped before it began")
            try:
                running = Running(place, settings, self._seconds)
            except ToolError as error:
                return _not_begun(outcome, "place", str(error))
            self._running.add(running)
        hidden = settings.secret_texts()
        ended = False

        def tell(event: Mapping[str, Any]) -> None:
            if event.get("event") == "step":
                with self._lock:
                    self._tell(settings, str(event.get("step")))

        for event in running.events(tell):
            _take(outcome, {key: _scrubbed(value, hidden) for key, value in event.items()})
            ended = ended or event.get("event") == "end"
        with self._lock:
            self._running.discard(running)
        if not ended:
            outcome.status = "failed"
            outcome.step = outcome.step or "start"
            outcome.kind = outcome.kind or "ended"
            reason = f"it ended with code {running.code}: {scrub(running.complaint, hidden)}"
            outcome.causes = outcome.causes or (reason,)
            if outcome.values or outcome.step not in ("start", "airflow", "backend"):
                outcome.left = outcome.left or (f"whatever is below {outcome.target}",)
        judge(outcome)
        return outcome


def _not_begun(outcome: Outcome, kind: str, cause: str) -> Outcome:
    outcome.step, outcome.kind, outcome.causes = "start", kind, (cause,)
    judge(outcome)
    return outcome


def _scrubbed(value: Any, hidden: Sequence[str]) -> Any:
    if isinstance(value, str):
        return scrub(value, hidden)
    if isinstance(value, list):
        return [_scrubbed(item, hidden) for item in value]
    if isinstance(value, dict):
        return {key: _scrubbed(item, hidden) for key, item in value.items()}
    return value


def _take(outcome: Outcome, event: dict[str, Any]) -> None:
    """Add to the outcome what one answer says."""
    kind = event.pop("event", None)
    if kind == "step" and outcome.kind == "":
        outcome.step = str(event.get("step"))
    elif kind == "versions":
        outcome.facts.update(event)
    elif kind == "backend":
        outcome.facts["backend"] = event.get("name")
    elif kind == "identity":
        outcome.facts["who"] = event.get("who")
    elif kind == "value":
        outcome.values.append(event)
    elif kind == "passed":
        outcome.status = "passed" if all(_as_said(value) for value in outcome.values) else "differs"
        outcome.step, outcome.kind = None, "done"
    elif kind == "failed":
        outcome.status = "failed"
        outcome.step, outcome.kind = str(event.get("step")), str(event.get("kind"))
        outcome.causes = tuple(str(cause) for cause in event.get("chain", ()))
    elif kind == "left":
        outcome.left = tuple(str(item) for item in event.get("objects", ()))


def _as_said(value: dict[str, Any]) -> bool:
    return bool(value["where"] == value["expected"] and value.get("equal") and value.get("purged") is not False)
