from __future__ import annotations

import base64
import gzip
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.drift.cluster import MOST_BYTES, user_values
from rea_xcom_tui.fleet.drift.report import DriftReport, find_drift
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.reports.drift import FORMATS
from tests.work import BACKEND, IO, Work, make_work, values

ETL, ML = "clusters/prod/billing/etl/values.yaml", "clusters/prod/billing/ml/values.yaml"
SECRET = "hunter2-token"


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return make_work(tmp_path / "fleet", {ETL: values("billing-etl"), ML: values("billing-ml")})


def scanned(work: Work) -> Workspace:
    workspace = Workspace.open(work.root)
    workspace.scan()
    return workspace


def against(work: Work, what: str, only: list[str] | None = None) -> DriftReport:
    return find_drift(scanned(work), what, only)


def differences(report: DriftReport) -> list[tuple[str, str, object, object]]:
    return [(m.deployment, m.field, m.expected, m.actual) for m in report.deviations]


def test_exports_are_matched_by_name(work: Work, tmp_path: Path) -> None:
    folder = tmp_path / "running"
    folder.mkdir()
    (folder / "billing-etl.yaml").write_text("USER-SUPPLIED VALUES:\n" + values("billing-etl", threshold="0"))
    (folder / "ml.yml").write_text(values("billing-ml"))
    (folder / "stranger.yaml").write_text(values("stranger"))
    report = against(work, f"releases:{folder}")
    assert differences(report) == [(ETL, "threshold", 0, 1048576)]
    assert [notice.text for notice in report.notices] == ["release stranger (stranger.yaml) matches no deployment"]


def test_a_missing_and_a_broken_export_are_told(work: Work, tmp_path: Path) -> None:
    folder = tmp_path / "running"
    folder.mkdir()
    with pytest.raises(ToolError, match="holds no exported release"):
        against(work, f"releases:{folder}")
    (folder / "billing-etl.yaml").write_text("a: [\n")
    report = against(work, f"releases:{folder}")
    assert report.causes == ()
    texts = [notice.text for notice in report.notices]
    assert texts[0] == f"no release for 2 deployments: {ETL}, {ML}"
    assert texts[1].startswith("release billing-etl (billing-etl.yaml) cannot be read: The file is not YAML")


def test_a_name_that_fits_several_is_told_until_a_folder_or_a_query_decides(tmp_path: Path) -> None:
    files = {f"clusters/{env}/billing/etl/values.yaml": values("billing-etl") for env in ("dev", "prod")}
    work = make_work(tmp_path / "fleet", files)
    folder = tmp_path / "running"
    folder.mkdir()
    (folder / "billing-etl.yaml").write_text(values("billing-etl", threshold="0"))
    report = against(work, f"releases:{folder}")
    assert report.causes == ()
    assert "matches 2 deployments" in report.notices[-1].text
    assert differences(against(work, f"releases:{folder}", [ETL])) == [(ETL, "threshold", 0, 1048576)]
    (folder / "prod").mkdir()
    (folder / "billing-etl.yaml").rename(folder / "prod" / "billing-etl.yaml")
    assert differences(against(work, f"releases:{folder}")) == [(ETL, "threshold", 0, 1048576)]


def test_two_exports_of_one_deployment_are_told(work: Work, tmp_path: Path) -> None:
    folder = tmp_path / "running"
    folder.mkdir()
    (folder / "billing-etl.yaml").write_text(values("billing-etl"))
    (folder / "etl.yaml").write_text(values("billing-etl", threshold="0"))
    report = against(work, f"releases:{folder}")
    assert report.causes == ()
    assert any("so neither is compared" in notice.text for notice in report.notices)
    (folder / "billing-etl.yaml").write_text(values("billing-etl", threshold="0"))
    assert differences(against(work, f"releases:{folder}")) == [(ETL, "threshold", 0, 1048576)]


def test_a_release_of_elsewhere_is_held_against_nobody(tmp_path: Path) -> None:
    """With the query `env:prod`, the release in `dev` was taken for that of prod, being the first of its name."""
    files = {f"clusters/{env}/billing/etl/values.yaml": values("billing-etl") for env in ("dev", "prod")}
    work = make_work(tmp_path / "fleet", files)
    for env, threshold in (("dev", "0"), ("prod", "5"), ("test", "7")):
        (tmp_path / "running" / env).mkdir(parents=True)
        text = values("billing-etl", threshold=threshold)
        (tmp_path / "running" / env / "billing-etl.yaml").write_text(text if env != "test" else "")
    report = against(work, f"releases:{tmp_path / 'running'}", [ETL])
    assert differences(report) == [(ETL, "threshold", 5, 1048576)]


@pytest.mark.parametrize(
    ("text", "why"), [(" \n", "`helm get values` has failed"), ("kind: A\n---\nkind: B\n", "not an export of values")]
)
def test_what_is_no_export_is_told(text: str, why: str, work: Work, tmp_path: Path) -> None:
    (tmp_path / "billing-etl.yaml").write_text(text)
    report = against(work, f"releases:{tmp_path}", [ETL])
    assert report.causes == ()
    assert any(why in notice.text for notice in report.notices)


def test_the_title_of_an_export_without_values(work: Work, tmp_path: Path) -> None:
    (tmp_path / "running").mkdir()
    (tmp_path / "running" / "billing-etl.yaml").write_text("USER-SUPPLIED VALUES:\nnull\n")
    report = against(work, f"releases:{tmp_path / 'running'}", [ETL])
    assert {(field, expected) for _, field, expected, _ in differences(report)} >= {("threshold", None)}


def record(config: object, *, packed: bool = True) -> str:
    data = json.dumps({"name": "x", "config": config, "chart": {"values": {}}}).encode()
    inner = base64.b64encode(gzip.compress(data) if packed else data)
    return base64.b64encode(inner).decode()


def running(threshold: str, **more: object) -> dict[str, object]:
    env = {"PATH": "s3://aws_xcom@team-xcom/etl", "THRESHOLD": threshold, "COMPRESSION": "zip"}
    return {
        "agentToken": SECRET,
        "xcomBackend": BACKEND,
        "annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/etlAgent"},
        "commonEnv": [{"name": IO + key, "value": text} for key, text in env.items()],
        **more,
    }


def helm_secret(name: str, version: int, release: str) -> dict[str, Any]:
    labels = {"owner": "helm", "name": name, "status": "deployed", "version": str(version)}
    metadata = {"name": f"sh.helm.release.v1.{name}.v{version}", "labels": labels}
    return {"metadata": metadata, "type": "helm.sh/release.v1", "data": {"release": release}}


@dataclass
class Cluster:
    """A stand-in for a cluster's API on the loopback interface, which answers lists of Secrets."""

    secrets: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    raw: bytes | None = None
    path: Path = Path()
    status: int = 200
    requests: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    state = Cluster()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            url = urlsplit(self.path)
            state.requests.append((self.command, url.path, parse_qs(url.query)))
            namespace = url.path.split("/")[4]
            body: dict[str, Any] = {"kind": "SecretList", "apiVersion": "v1", "metadata": {}}
            body["items"] = state.secrets.get(namespace, [])
            data = state.raw or json.dumps(body).encode()
            self.send_response(state.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "stand-in",
        "clusters": [{"name": "c", "cluster": {"server": state.url}}],
        "users": [{"name": "u", "user": {"token": "t"}}],
        "contexts": [{"name": "stand-in", "context": {"cluster": "c", "user": "u"}}],
    }
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(config))
    state.path = path
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KUBECONFIG", str(path))
    # The client reads the variable once, when it is first imported.
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(path))
    yield state
    server.shutdown()
    server.server_close()


def test_the_newest_deployed_record_is_compared(work: Work, cluster: Cluster) -> None:
    cluster.secrets["billing-etl-ns"] = [
        helm_secret("billing-etl", 9, record(running("4096"))),
        helm_secret("billing-etl", 10, record(running("0"), packed=False)),
    ]
    report = against(work, "cluster")
    assert differences(report) == [(ETL, "threshold", 0, 1048576)]
    assert report.notices[0].text == f"no release for 1 deployment: {ML}"


def test_it_only_ever_lists_helms_secrets(work: Work, cluster: Cluster) -> None:
    against(work, "cluster:stand-in")
    assert [request[:2] for request in cluster.requests] == [
        ("GET", "/api/v1/namespaces/billing-etl-ns/secrets"),
        ("GET", "/api/v1/namespaces/billing-ml-ns/secrets"),
    ]
    assert {str(request[2]["labelSelector"]) for request in cluster.requests} == {"['owner=helm,status=deployed']"}


def test_nothing_else_of_a_record_reaches_a_report(work: Work, cluster: Cluster) -> None:
    conn = {"name": "AIRFLOW_CONN_AWS_XCOM", "value": json.dumps({"conn_type": "aws", "password": SECRET})}
    config = running("0")
    assert isinstance(config["commonEnv"], list)
    config["commonEnv"].append(conn)
    cluster.secrets["billing-etl-ns"] = [helm_secret("billing-etl", 1, record(config))]
    cluster.secrets["billing-ml-ns"] = [helm_secret("billing-ml", 1, base64.b64encode(SECRET.encode()).decode())]
    report = against(work, "cluster")
    assert report.causes
    assert SECRET not in repr(report)
    assert all(SECRET not in make(report, scanned(work).fleet) for make in FORMATS.values())
    assert any("Secret billing-ml-ns/" in notice.text and "base64" in notice.text for notice in report.notices)


@pytest.mark.parametrize(
    ("status", "why"), [(403, "you may not list Secrets there"), (401, "does not know you"), (500, "billing-etl-ns")]
)
def test_a_cluster_that_refuses_is_told(status: int, why: str, work: Work, cluster: Cluster) -> None:
    cluster.status = status
    with pytest.raises(ToolError, match=why):
        against(work, "cluster")


def logs_in_by(cluster: Cluster, *command: str) -> None:
    config = json.loads(cluster.path.read_text())
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": command[0], "args": list(command[1:])}
    config["users"][0]["user"] = {"exec": plugin}
    cluster.path.write_text(json.dumps(config))


CREDENTIAL = '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "x"}}'


def test_a_program_that_logs_in_runs_without_the_terminal(work: Work, cluster: Cluster) -> None:
    cluster.secrets["billing-etl-ns"] = [helm_secret("billing-etl", 1, record(running("0")))]
    logs_in_by(cluster, "sh", "-c", f"read line && exit 9; echo asked >&2; echo '{CREDENTIAL}'")
    assert differences(against(work, "cluster")) == [(ETL, "threshold", 0, 1048576)]


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'token \033[31mexpired' >&2; exit 3", r"sh ended with 3 \(token ␛\[31mexpired\)"),
        ("echo hello", "sh printed no credential"),
        ("sleep 9", "has not answered within 0.2 seconds"),
    ],
)
def test_why_a_program_could_not_log_in_is_told(
    script: str, why: str, work: Work, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    monkeypatch.setattr("rea_xcom_tui.fleet.drift.cluster_login._PATIENCE", 0.2 if "sleep" in script else 30)
    logs_in_by(cluster, "sh", "-c", script)
    with pytest.raises(ToolError, match=why):
        against(work, "cluster")
    assert cluster.requests == []
    assert capfd.readouterr() == ("", "")


def test_an_answer_that_is_too_long_or_none_is_not_read(
    work: Work, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.raw = b"<html>log in</html>"
    with pytest.raises(ToolError, match="what answers is not a cluster"):
        against(work, "cluster")
    monkeypatch.setattr("rea_xcom_tui.fleet.drift.cluster._MOST_ANSWERED", 10)
    with pytest.raises(ToolError, match="more than 10 bytes"):
        against(work, "cluster")


def test_an_unknown_context_is_told(work: Work, cluster: Cluster) -> None:
    with pytest.raises(ToolError, match="kubeconfig cannot be used"):
        against(work, "cluster:other")


def test_without_the_client_it_says_what_to_install(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "kubernetes", None)
    with pytest.raises(ToolError, match=r"pip install 'rea-xcom-tui\[kubernetes\]'"):
        against(work, "cluster")


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b'{"config": "' + b"0" * (MOST_BYTES * 2))
    assert len(bomb) < 100_000
    with pytest.raises(ValueError, match="more than 16,000,000 bytes"):
        user_values(base64.b64encode(base64.b64encode(bomb)).decode())


@pytest.mark.parametrize(
    ("inner", "why"),
    [
        (b"\x1f\x8b\x08junk", "not gzip"),
        (b"no json", "not JSON"),
        (b'{"config": [1]}', "not a mapping"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_a_record_that_is_none_of_helms_is_told(inner: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        user_values(base64.b64encode(base64.b64encode(inner)).decode())
    assert user_values(record(None)) == {}
