"""Runs `probe --kubectl` with the real kubectl against a stand-in for the cluster; run it from the repo's root.

    python -m scripts.try_kubectl --kubectl ~/.cache/engine-truth/engines/4.2/kubectl/kubectl

The API server here knows pods, `exec` and `attach` over WebSocket (v5.channel.k8s.io), and starts what it is asked to
run as a process of this machine. That kubectl takes the arguments, passes standard input on and ends it, and removes
the pod is real; kubelet, images and service accounts are not. Airflow is the small stand-in of the tests.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from tests.cli.stand_in_airflow import lay_out
from tests.cli.test_probe import SECRET, deployment
from tests.work import make_work

STDIN, STDOUT, STDERR, STATUS, CLOSE = 0, 1, 2, 3, 255
_PROTOCOL = "v5.channel.k8s.io"
_SECONDS = 120


class Cluster:
    """The pods of one namespace, and what runs in them."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.pods: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        """Every request, for a look at what kubectl asked."""
        self.codes: list[int] = []
        """The exit codes of what ran."""
        self._environment = environment

    def add(self, name: str, **spec: Any) -> dict[str, Any]:
        """A pod that is running and ready."""
        self.pods[name] = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": "ns-a", "uid": name, "resourceVersion": "1"},
            "spec": {"containers": [{"name": name, "image": "i"}], **spec},
            "status": {
                "phase": "Running",
                "conditions": [{"type": "Ready", "status": "True"}],
                "containerStatuses": [{"name": name, "ready": True, "state": {"running": {}}}],
            },
        }
        return self.pods[name]

    def routes(self) -> web.Application:
        """The server."""
        app = web.Application(middlewares=[self._note])
        for path, answer in _DISCOVERY.items():
            app.router.add_get(path, _told(answer))
        pods = "/api/v1/namespaces/ns-a/pods"
        app.router.add_get(pods, self._list)
        app.router.add_post(pods, self._create)
        app.router.add_get(pods + "/{name}", self._get)
        app.router.add_delete(pods + "/{name}", self._delete)
        app.router.add_get(pods + "/{name}/{verb:exec|attach}", self._run)
        return app

    @web.middleware
    async def _note(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path_qs}")
        return await handler(request)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        wanted = request.query.get("fieldSelector", "").rpartition("=")[2]
        found = [pod for name, pod in self.pods.items() if not wanted or name == wanted]
        if "watch" not in request.query:
            return web.json_response({"apiVersion": "v1", "kind": "PodList", "metadata": {}, "items": found})
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for event in (*({"type": "ADDED", "object": pod} for pod in found), _INITIAL_END):
            await response.write(json.dumps(event).encode() + b"\n")
        await asyncio.sleep(_SECONDS)
        return response

    async def _create(self, request: web.Request) -> web.Response:
        asked = await request.json()
        made = self.add(asked["metadata"]["name"])
        made["spec"] = asked["spec"]
        made["status"]["containerStatuses"][0]["name"] = asked["spec"]["containers"][0]["name"]
        return web.json_response(made, status=201)

    async def _get(self, request: web.Request) -> web.Response:
        return self._answer(self.pods.get(request.match_info["name"]))

    async def _delete(self, request: web.Request) -> web.Response:
        return self._answer(self.pods.pop(request.match_info["name"], None))

    def _answer(self, pod: dict[str, Any] | None) -> web.Response:
        missing = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
        return web.json_response(pod or missing, status=200 if pod else 404)

    async def _run(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=(_PROTOCOL,))
        await socket.prepare(request)
        pod = self.pods[request.match_info["name"]]
        command = request.query.getall("command", []) or pod["spec"]["containers"][0]["command"]
        pipe = asyncio.subprocess.PIPE
        program = [sys.executable, *command[1:]] if command[0] == "python" else command
        process = await asyncio.create_subprocess_exec(
            *program, stdin=pipe, stdout=pipe, stderr=pipe, env=self._environment
        )
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        feeding = asyncio.create_task(_feed(socket, process.stdin))
        await asyncio.gather(_pass_on(socket, STDOUT, process.stdout), _pass_on(socket, STDERR, process.stderr))
        code = await process.wait()
        self.codes.append(code)
        pod["status"] |= {"phase": "Failed" if code else "Succeeded"}
        ended = {"terminated": {"exitCode": code}}
        pod["status"]["containerStatuses"][0]["state"] = ended
        if not socket.closed:
            await socket.send_bytes(bytes([STATUS]) + json.dumps(_status(code)).encode())
        feeding.cancel()
        await socket.close()
        return socket


_INITIAL_END = {
    "type": "BOOKMARK",
    "object": {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": {"resourceVersion": "1", "annotations": {"k8s.io/initial-events-end": "true"}},
    },
}
"""What a server says when all that is there has been told; kubectl waits for it."""
_POD_VERBS = ["create", "delete", "get", "list", "watch"]
_DISCOVERY: dict[str, dict[str, Any]] = {
    "/version": {"major": "1", "minor": "33", "gitVersion": "v1.33.0"},
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/api/v1": {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": "v1",
        "resources": [
            {"name": "pods", "singularName": "pod", "namespaced": True, "kind": "Pod", "verbs": _POD_VERBS},
            {
                "name": "pods/exec",
                "singularName": "",
                "namespaced": True,
                "kind": "PodExecOptions",
                "verbs": ["create"],
            },
            {
                "name": "pods/attach",
                "singularName": "",
                "namespaced": True,
                "kind": "PodAttachOptions",
                "verbs": ["create"],
            },
        ],
    },
}


def _told(answer: dict[str, Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(_: web.Request) -> web.Response:
        return web.json_response(answer)

    return handler


def _status(code: int) -> dict[str, Any]:
    if code == 0:
        return {"metadata": {}, "status": "Success"}
    causes = [{"reason": "ExitCode", "message": str(code)}]
    return {"metadata": {}, "status": "Failure", "reason": "NonZeroExitCode", "details": {"causes": causes}}


async def _feed(socket: web.WebSocketResponse, stdin: asyncio.StreamWriter) -> None:
    """What comes over the socket, into the process; its end is the end of standard input, as kubelet has it."""
    async for message in socket:
        if message.type is not WSMsgType.BINARY:
            break
        if message.data[0] == STDIN:
            stdin.write(message.data[1:])
        elif message.data[0] == CLOSE:
            break
    stdin.close()


async def _pass_on(socket: web.WebSocketResponse, channel: int, stream: asyncio.StreamReader) -> None:
    while data := await stream.read(1 << 14):
        if not socket.closed:
            await socket.send_bytes(bytes([channel]) + data)


@asynccontextmanager
async def serving(cluster: Cluster, kubeconfig: Path) -> AsyncIterator[None]:
    """The server on loopback, with a kubeconfig that leads to it as context `prod-eu`."""
    runner = web.AppRunner(cluster.routes(), shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "u", "user": {}}],
        "contexts": [{"name": "prod-eu", "context": {"cluster": "c", "user": "u"}}],
    }
    kubeconfig.write_text(json.dumps(config), encoding="utf-8")
    try:
        yield
    finally:
        await runner.cleanup()


async def probe(repo: Path, name: str, environment: dict[str, str], stop_at: Path | None = None) -> tuple[int, str]:
    """Run the tool; with `stop_at`, press Ctrl-C as soon as there is a file below that folder."""
    command = [
        sys.executable,
        "-m",
        "rea_xcom_tui",
        "-C",
        str(repo),
        "probe",
        f"{name}/values.yaml",
        "--kubectl=prod-eu",
    ]
    tool = await asyncio.create_subprocess_exec(
        *command,
        "--yes",
        "--format",
        "json",
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    if stop_at is not None:
        while tool.returncode is None and not any(file.is_file() for file in stop_at.rglob("*")):
            await asyncio.sleep(0.1)
        if tool.returncode is None:
            tool.send_signal(signal.SIGINT)
    out, err = await asyncio.wait_for(tool.communicate(), _SECONDS)
    return tool.returncode or 0, out.decode() + err.decode()


async def walk(kubectl: Path, folder: Path) -> int:
    """Each way of `--kubectl`, and what was seen; the number of those that went otherwise than they should."""
    store = folder / "store"
    lay_out(folder / "packages", store)
    (folder / "bin").mkdir()
    (folder / "bin" / "kubectl").symlink_to(kubectl.resolve())
    inside = {**os.environ, "PYTHONPATH": str(folder / "packages"), "STAND_IN_STORE": str(store)}
    outside = {
        **os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "KUBECONFIG": str(folder / "config"),
        "HOME": str(folder),
    }  # fmt: skip
    repo = make_work(
        folder / "repo", {"good/values.yaml": deployment(), "slow/values.yaml": deployment(fault="hangs")}
    ).root
    wrong = 0
    for title, worker, name, expected in (
        ("exec in a worker", True, "good", 0),
        ("a pod of its own", False, "good", 0),
        ("Ctrl-C in a worker", True, "slow", 130),
    ):
        cluster = Cluster(inside)
        if worker:
            cluster.add("p-worker-7c9")
        async with serving(cluster, folder / "config"):
            code, said = await probe(repo, name, outside, store if expected == 130 else None)
        left = [str(file.relative_to(store)) for file in store.rglob("*") if file.is_file()]
        pods = sorted(set(cluster.pods) - {"p-worker-7c9"})
        good = code == expected and not left and not pods and SECRET not in said + "".join(cluster.asked)
        wrong += not good
        print(f"{'ok   ' if good else 'WRONG'} {title}: exit code {code}, the script's {cluster.codes}", flush=True)
        print(f"      left behind: objects {left}, pods {pods}", flush=True)
        if not good:
            print("\n".join(cluster.asked), said, sep="\n")
    return wrong


def main() -> int:
    """0 when every way went as it should."""
    parser = argparse.ArgumentParser(prog="python -m scripts.try_kubectl", description=__doc__)
    parser.add_argument("--kubectl", type=Path, required=True, help="the program, such as scripts.engine_truth fetches")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="try-kubectl-") as folder:
        return 1 if asyncio.run(walk(arguments.kubectl, Path(folder))) else 0


if __name__ == "__main__":
    sys.exit(main())
