"""Where a probe runs: a Python on this machine, a container, or a pod; and the talk with it over pipes.

What runs there is `LOADER`, one line that takes the script from standard input. No secret is ever in an argument or
in the environment of a command that is started here.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.probe.settings import Settings
from rea_xcom_tui.text import clean

MARK = "rea-xcom-probe "
LOADER = "import sys,json;exec(json.loads(sys.stdin.readline()))"
"""Takes the script as a line of JSON; the rest of standard input is the script's own."""

_STARTING = 300
"""Seconds for a container or pod to start and import Airflow, before which nothing has been written."""
_STOPPING = 20
"""Seconds to clean up after the leash was let go."""
_ASKING = 30


@dataclass(frozen=True, slots=True)
class Place:
    """Where a probe runs: the command that starts a Python there, and how people call it."""

    command: tuple[str, ...]
    words: str
    container: tuple[str, ...] = ()
    """The command that ends it, should it not end by itself."""


def script() -> str:
    """The text of the one file that runs at the other end."""
    return files("rea_xcom_tui.fleet.probe").joinpath("remote.py").read_text(encoding="utf-8")


def printed(settings: Settings, seconds: float) -> str:
    """The script to run by hand, with the order in it and without secrets: for these it asks."""
    order = json.dumps(settings.without_secrets(seconds))
    return f"{script()}\n\nby_hand(json.loads({order!r}))\n"


def python_place(path: str) -> Place:
    """A Python on this machine. Raises `ToolError` where there is none."""
    found = shutil.which(os.path.expanduser(path))
    if found is None:
        raise ToolError(f"there is no Python to run at {path}; give the path of one that has Airflow")
    return Place((found, "-u", "-c", LOADER), f"by {path}")


def docker_place(image: str | None, settings: Settings) -> Place:
    """A container of an image, by default that of the values. Raises `ToolError`."""
    image = image or settings.image
    if not image:
        raise ToolError(f"{settings.deployment.id}: the values name no image; give one with --docker=IMAGE")
    if image.startswith("-"):
        raise ToolError(f"{image} is not a name of an image")
    docker = _program("docker", "--docker")
    name = settings.own.strip("_").replace("_", "-")
    command = (docker, "run", "--rm", "-i", "--name", name, "--entrypoint", "python", image, "-u", "-c", LOADER)
    return Place(command, f"in a container of {image}", (docker, "rm", "-f", name))


def kubectl_place(context: str | None, settings: Settings) -> Place:
    """A running worker of the deployment, else a pod of its own. Raises `ToolError` where the cluster says no."""
    kubectl = _program("kubectl", "--kubectl")
    namespace = settings.deployment.namespace
    base = [
        kubectl,
        *([f"--context={context}"] if context else []),
        *([f"--namespace={namespace}"] if namespace else []),
    ]
    where = f"of context {context}" if context else "of the current context"
    pod = _worker(_pods(base, where), settings.deployment.config.prefix)
    if pod is not None:
        command = (*base, "exec", "-i", pod, "--", "python", "-u", "-c", LOADER)
        return Place(command, f"in pod {pod} {where}")
    if not settings.image:
        raise ToolError(
            f"{settings.deployment.id}: no worker runs {where} in namespace {namespace or 'default'}, and the values "
            "name no image for a pod of its own"
        )
    name = settings.own.strip("_").replace("_", "-")
    account = settings.service_account
    spec = [f"--overrides={json.dumps({'spec': {'serviceAccountName': account}})}"] if account else []
    # By itself kubectl gives up after a minute, in which few nodes have fetched an image of Airflow.
    patient = f"--pod-running-timeout={_STARTING}s"
    run = ("run", name, "--rm", "-i", "--quiet", "--restart=Never", patient, f"--image={settings.image}", *spec)
    command = (*base, *run, "--command", "--", "python", "-u", "-c", LOADER)
    words = f"in a pod of its own {where}, as service account {account or 'default'}"
    return Place(command, words, (*base, "delete", "pod", name, "--ignore-not-found", "--wait=false"))


def _program(name: str, option: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ToolError(f"{name} is not on the PATH, so {option} cannot run; install it, or use --python or --print")
    return found


def _pods(base: list[str], where: str) -> list[dict[str, Any]]:
    command = [*base, "get", "pods", "--output=json", f"--request-timeout={_ASKING}s"]
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=_ASKING + 5, check=False)
    except subprocess.TimeoutExpired:
        raise ToolError(f"the cluster {where} does not answer within {_ASKING} s") from None
    if done.returncode != 0:
        raise ToolError(
            f"the cluster {where} cannot be asked for pods: {_last(done.stderr.decode('utf-8', 'replace'))}"
        )
    try:
        items = json.loads(done.stdout)["items"]
    except (ValueError, KeyError, TypeError):
        raise ToolError(f"kubectl answered with something other than a list of pods {where}") from None
    return [item for item in items if isinstance(item, dict)]


def _worker(pods: list[dict[str, Any]], prefix: str | None) -> str | None:
    """The name of a worker's pod that is ready, one of the deployment's own prefix where the values have one."""
    for pod in pods:
        name = str(pod.get("metadata", {}).get("name", ""))
        conditions = pod.get("status", {}).get("conditions", [])
        ready = any(each.get("type") == "Ready" and each.get("status") == "True" for each in conditions)
        if ready and "worker" in name.removeprefix(prefix or "") and name.startswith(prefix or ""):
            return name
    return None


class Running:
    """A script that runs at the other end, and the leash on it."""

    def __init__(self, place: Place, settings: Settings, seconds: float) -> None:
        self._place = place
        self._seconds = seconds
        self._waiting = threading.Event()
        self._complaints: deque[str] = deque(maxlen=40)
        try:
            # A session of its own: Ctrl-C is for us, who then let go of the leash so that the other end cleans up.
            self._process = subprocess.Popen(
                place.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise ToolError(f"{place.command[0]} cannot be started: {error.strerror}") from None
        threading.Thread(target=self._listen, daemon=True).start()
        lines = json.dumps(script() + "\nmain()\n") + "\n" + json.dumps(settings.order(seconds)) + "\n"
        self._send(lines.encode())

    def _send(self, data: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
            self._process.stdin.flush()
        except OSError:
            pass  # it has ended already; why, its exit code and words tell

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._complaints.append(line.decode("utf-8", "replace").rstrip())

    def events(self, tell: Callable[[Mapping[str, Any]], None]) -> Iterator[Mapping[str, Any]]:
        """What the other end says until it ends. A watch ends it when it does not keep its own limits of time."""
        assert self._process.stdout is not None
        watch = self._watch(_STARTING)
        try:
            for line in self._process.stdout:
                text = line.decode("utf-8", "replace")
                if text.startswith(MARK):
                    _stop(watch)
                    event = _event(text.removeprefix(MARK))
                    limit = _STARTING if event.get("step") in ("airflow", "backend") else self._seconds + _STOPPING
                    watch = self._watch(limit)
                    tell(event)
                    yield event
        finally:
            _stop(watch)
            self.let_go()
            self.end()

    def _watch(self, seconds: float) -> threading.Timer:
        timer = threading.Timer(seconds, self.kill)
        timer.daemon = True
        timer.start()
        return timer

    def let_go(self) -> None:
        """Tell the other end to stop and clean up."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # it has ended already
            self._process.stdin.close()

    def end(self) -> None:
        """Wait until it has ended; one that does not is killed."""
        try:
            self._process.wait(_STOPPING)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()

    def kill(self) -> None:
        """End it by force, with its container or pod."""
        self._process.kill()
        if self._place.container:
            subprocess.run(
                self._place.container, capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False
            )

    @property
    def code(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._process.returncode

    @property
    def complaint(self) -> str:
        """The last thing it said on standard error."""
        return _last("\n".join(self._complaints))


def _stop(watch: threading.Timer) -> None:
    """Stop a watch, or wait for one that is at work: what it removes would stay, should the program end before."""
    watch.cancel()
    watch.join()


def _event(text: str) -> Mapping[str, Any]:
    try:
        event = json.loads(text)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


_TELLING = re.compile(r"error|cannot|denied|refused|not found|no such|failed|unable|unauthorized|forbidden", re.I)


def _last(text: str) -> str:
    """The line that says what went wrong: the last one with such words, as docker ends with a hint; else the last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if _TELLING.search(line)]
    return clean((telling or lines or ["it said nothing"])[-1], 400)


def spoken(command: tuple[str, ...]) -> str:
    """A command as it could be typed."""
    return shlex.join(command)
