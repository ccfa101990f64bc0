"""`probe`: the script at the other end runs for real, on a stand-in for Airflow and for its store."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.probe import remote, runners
from rea_xcom_tui.fleet.probe.outcome import Outcome, judge
from rea_xcom_tui.fleet.probe.remote import is_empty_bucket, objects_below
from rea_xcom_tui.fleet.scan.read import read_deployment
from rea_xcom_tui.fleet.scan.reading import Reading
from tests.cli.run import Cli, Ran
from tests.cli.stand_in_airflow import lay_out
from tests.work import BACKEND, IO, Work, make_work

SECRET = "s3cr3t-of-the-store"
CONNECTION = json.dumps({"conn_type": "aws", "login": "AKIA", "password": SECRET, "extra": '{"region_name": "x"}'})
PYTHON = ("--python", sys.executable)


def deployment(
    path: str = "s3://store@bkt/team",
    threshold: str = "100",
    fault: str | None = None,
    more: str = "",
    backend: str = BACKEND,
) -> str:
    entries = {
        IO + "PATH": path,
        IO + "THRESHOLD": threshold,
        "AIRFLOW_CONN_STORE": CONNECTION,
        "STAND_IN_FAULT": fault,
    }
    lines = "".join(f"  - name: {name}\n    value: '{text}'\n" for name, text in entries.items() if text is not None)
    return (
        "resourceNamePrefix: p\nnamespace: ns-a\nimage: reg.example/agent:1\n"
        f"serviceAccount:\n  workers:\n    name: sa-w\nxcomBackend: {backend}\ncommonEnv:\n{lines}{more}"
    )


FILES: dict[str, str | bytes] = {
    "good/values.yaml": deployment(),
    "never/values.yaml": deployment(threshold="-1"),
    "elsewhere/values.yaml": deployment(fault="elsewhere"),
    "garbles/values.yaml": deployment(fault="garbles"),
    "keeps/values.yaml": deployment(fault="keeps"),
    "denied/values.yaml": deployment(fault="denied"),
    "connection/values.yaml": deployment(fault="connection"),
    "signature/values.yaml": deployment(fault="connection").replace(
        r'{\"region_name\": \"x\"}',
        r'{\"endpoint_url\": \"http://127.0.0.1:9\", \"config_kwargs\": {\"signature_version\": \"v2\"}}',
    ),
    "exit/values.yaml": deployment(fault="exit"),
    "hangs/values.yaml": deployment(fault="hangs"),
    "nobucket/values.yaml": deployment(path="s3://store@gone/team"),
    "noclass/values.yaml": deployment(backend="airflow.nowhere.Backend"),
    "wrong/values.yaml": deployment(threshold="lots"),
    "unset/values.yaml": "resourceNamePrefix: p\nnamespace: n\nagentToken: x\ncommonEnv: []\n",
    "reference/values.yaml": deployment(
        more="  - name: AIRFLOW__X\n    valueFrom: {secretKeyRef: {name: xcom, key: token}}\n"
    ),
    "secretpath/values.yaml": deployment().replace(
        "    value: 's3://store@bkt/team'", "    valueFrom: {secretKeyRef: {name: xcom, key: path}}"
    ),
    "conflict/values.yaml": deployment(
        more=f"workers:\n  - name: w\n    env:\n      - {{name: {IO}THRESHOLD, value: '7'}}\n"
    ),
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lay_out(tmp_path / "packages", tmp_path / "store")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "packages"))
    monkeypatch.setenv("STAND_IN_STORE", str(tmp_path / "store"))
    if "COVERAGE_PROCESS_CONFIG" in os.environ:  # its lines are counted where they come from a file
        code = f"compile(json.loads(sys.stdin.readline()), {remote.__file__!r}, 'exec')"
        within = f"{{'__name__': {remote.__name__!r}}}"
        monkeypatch.setattr(runners, "LOADER", f"import sys,json;exec({code}, {within})")
    return tmp_path / "store"


@pytest.fixture
def repo(tmp_path: Path) -> Work:
    return make_work(tmp_path / "repo", FILES)


@pytest.fixture
def probe(repo: Work, store: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(capsys, repo.root)


def left(store: Path) -> list[Path]:
    return [file for file in store.rglob("*") if file.is_file()]


def one(done: Ran) -> dict[str, object]:
    (found,) = done.json["probes"]
    assert isinstance(found, dict)
    return found


def test_a_round_trip_around_the_threshold(probe: Cli, store: Path) -> None:
    done = probe("probe", "good/values.yaml", *PYTHON, "--yes", "--format", "json")
    assert done.code == 0
    found = done.json["probes"][0]
    assert found["status"] == "passed"
    assert [(value["bytes"], value["where"]) for value in found["values"]] == [
        (59, "db"), (99, "db"), (100, "object"), (2_000_000, "object")
    ]  # fmt: skip
    large = found["values"][-1]
    assert (large["stored"], large["bucket"], large["ratio"]) == (2_000_000, "bkt", 1.0)
    assert large["key"].startswith("team/_rea_xcom_probe_")
    assert found["backend"] == BACKEND
    assert found["packages"]["apache-airflow"] == "3.3.2"
    assert "s3://store@bkt/team/_rea_xcom_probe_" in done.err
    assert left(store) == []


def test_several_side_by_side_as_text_and_junit(probe: Cli, store: Path) -> None:
    names = ("good/values.yaml", "never/values.yaml", "elsewhere/values.yaml")
    done = probe("probe", *names, *PYTHON, "--yes")
    assert done.code == 1
    assert done.out.count("  passed  ") == 4  # in the table and in the paragraphs
    assert "100 bytes went to the database, not to the object store" in done.out
    assert "CONTRADICTS" in done.out
    suite = ET.fromstring(probe("probe", *names, *PYTHON, "--yes", "--format", "junit").out)
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "0")
    assert left(store) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [("garbles", "did not come back as they were"), ("keeps", "was not removed by the backend's purge")],
)
def test_what_differs_is_told_and_swept(probe: Cli, store: Path, name: str, said: str) -> None:
    done = probe("probe", f"{name}/values.yaml", *PYTHON, "--yes")
    assert (done.code, said in done.out) == (1, True)
    assert left(store) == []


@pytest.mark.parametrize(
    ("name", "step", "blame", "said"),
    [
        ("denied", "write", "world", "403 AccessDenied for ***"),
        ("connection", "connection", "connection", "cannot sign with ***"),
        ("nobucket", "bucket", "world", "gone does not exist"),
        ("noclass", "backend", "backend", "airflow.nowhere"),
        ("wrong", "write", "threshold", "invalid literal for int"),
        ("exit", "write", "path", "it ended with code 9"),
    ],
)
def test_failures_name_their_cause_and_what_is_to_blame(
    probe: Cli, store: Path, name: str, step: str, blame: str, said: str
) -> None:
    done = probe("probe", f"{name}/values.yaml", *PYTHON, "--yes", "--format", "json")
    assert done.code == 2
    found = one(done)
    assert (found["status"], found["step"], found["blame"]) == ("failed", step, blame)
    assert said in str(found["message"])
    assert SECRET not in done.out + done.err
    assert left(store) == []


NO_JSON = deployment().replace('"login": "AKIA", ', '"login": "AKIA",, ')
HOST = deployment().replace('"conn_type": "aws"', '"conn_type": "aws", "host": "http://minio:9000"')
NEAR = deployment().replace(r"{\"region_name\"", r"{\"endpoint_url\": \"http://localhost:9\", \"region_name\"")


@pytest.mark.parametrize(
    ("values", "kind", "cause", "blame", "rules", "contradicts"),
    [
        # a connection that is not defined, or a host that is not read: AWS itself is asked, and says no
        (NO_JSON, "", "PermissionError: 403 AccessDenied", "connection", ("XC501",), False),
        (NO_JSON, "time", "no answer within 30 s", "connection", ("XC501",), False),
        (NO_JSON, "no-airflow", "No module named airflow", "world", (), False),
        (HOST, "", "ConnectionRefusedError: 9", "connection", ("XC522",), False),
        (HOST, "no-bucket", "bkt does not exist", "connection", ("XC522",), False),
        # localhost is to blame where nobody answers, and not where nobody has an identity
        (NEAR, "", "EndpointConnectionError: 9", "connection", ("XC528",), False),
        (NEAR, "", "DefaultCredentialsError: none found", "world", (), False),
        (deployment(), "", "PermissionError: 403 AccessDenied", "world", (), False),
        (deployment(), "", "InvalidRegionError: x", "connection", (), True),
    ],
)
def test_what_is_to_blame_for_a_refusal(
    values: str, kind: str, cause: str, blame: str, rules: tuple[str, ...], contradicts: bool
) -> None:
    deployed = read_deployment("values.yaml", values.encode(), Reading())
    assert isinstance(deployed, Deployment)
    outcome = Outcome(deployed, "", "", step="bucket", kind=kind, causes=(cause,))
    judge(outcome)
    assert (outcome.blame, outcome.rules, bool(outcome.contradiction)) == (blame, rules, contradicts)


def test_the_rule_that_says_so_is_named_and_a_silent_check_is_contradicted(probe: Cli) -> None:
    wrong = one(probe("probe", "wrong/values.yaml", *PYTHON, "--yes", "--format", "json"))
    assert (wrong["rules"], wrong["contradiction"]) == (["XC301"], None)
    both = one(probe("probe", "signature/values.yaml", *PYTHON, "--yes", "--format", "json"))
    assert both["rules"] == ["XC523"]  # not XC528, which warns of the host
    silent = one(probe("probe", "connection/values.yaml", *PYTHON, "--yes", "--format", "json"))
    assert "says nothing about the connection" in str(silent["contradiction"])


def test_a_hung_store_is_given_up_and_swept(probe: Cli, store: Path) -> None:
    done = probe("probe", "hangs/values.yaml", *PYTHON, "--yes", "--timeout", "1")
    assert done.code == 2
    assert "the store hangs: no answer within 1" in done.err
    assert left(store) == []


def test_ctrl_c_stops_and_removes_what_was_written(probe: Cli, store: Path, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    command = [
        sys.executable,
        "-m",
        "rea_xcom_tui",
        "-C",
        str(probe.root),
        "probe",
        "hangs/values.yaml",
        *PYTHON,
        "--yes",
    ]
    with subprocess.Popen(
        command,
        env={**os.environ, "STAND_IN_FIFO": str(fifo)},
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # ignored where tests run aside
    ) as running:
        fifo.read_bytes()  # opens when the object has been written
        assert left(store) != []
        running.send_signal(signal.SIGINT)
        _, complaint = running.communicate(timeout=30)
    assert (running.returncode, b"stopped" in complaint) == (130, True)
    assert left(store) == []


def test_nothing_is_written_without_an_answer(probe: Cli, store: Path) -> None:
    done = probe("probe", "good/values.yaml", *PYTHON)
    assert done.code == 3
    assert "s3://store@bkt/team/_rea_xcom_probe_" in done.err
    assert "add --yes" in done.err
    assert probe("--read-only", "probe", "good/values.yaml", *PYTHON, "--yes").code == 3


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("unset", 3, "has no XCom backend of its own"),
        ("secretpath", 3, "the path comes from Secret xcom key path"),
        ("conflict", 3, "there is no one threshold to try"),
        ("reference", 2, "the environment there lacks AIRFLOW__X (Secret xcom key token)"),
    ],
)
def test_settings_that_cannot_be_tried(probe: Cli, store: Path, name: str, code: int, said: str) -> None:
    done = probe("probe", f"{name}/values.yaml", *PYTHON, "--yes")
    assert (done.code, said in done.err) == (code, True), done.err
    assert left(store) == []


def test_a_reference_is_taken_from_the_other_end(probe: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__X", "there")
    assert probe("probe", "reference/values.yaml", *PYTHON, "--yes").code == 0


@pytest.mark.parametrize(("version", "said"), [(None, "has no Airflow"), ("2.11.0", "Airflow 2.11.0 is there")])
def test_the_wrong_python(
    probe: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str | None, said: str
) -> None:
    packages = tmp_path / "other"
    if version is not None:
        lay_out(packages, tmp_path / "other-store", version)
    monkeypatch.setenv("PYTHONPATH", str(packages))
    done = probe("probe", "good/values.yaml", *PYTHON, "--yes")
    assert (done.code, said in done.err) == (2, True)


def test_no_python_and_no_place(probe: Cli) -> None:
    done = probe("probe", "good/values.yaml", "--python", "/nowhere/python", "--yes")
    assert (done.code, "there is no Python to run at /nowhere/python" in done.err) == (2, True)
    assert probe("probe", "good/values.yaml").code == 2
    assert probe("probe", "good/values.yaml", *PYTHON, "--print").code == 2


def test_the_printed_script_holds_no_secret_and_asks_for_it(probe: Cli, store: Path, tmp_path: Path) -> None:
    done = probe("probe", "good/values.yaml", "--print")
    assert (done.code, SECRET in done.out) == (0, False)
    script = tmp_path / "printed.py"
    script.write_text(done.out)
    ran = subprocess.run(
        [sys.executable, script],
        input=f"y\n{CONNECTION}\n",
        capture_output=True,
        text=True,
        start_new_session=True,  # so that there is no terminal to ask for the secret
        check=True,
    )
    assert "s3://store@bkt/team/_rea_xcom_probe_" in ran.stdout
    assert '"event": "passed"' in ran.stdout
    assert left(store) == []


def stand_in(folder: Path, name: str, body: str) -> None:
    """A program that writes down how it was called, with its environment, and then does `body`."""
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(
        f"#!{sys.executable}\nimport json, os, sys\nargs = sys.argv[1:]\n"
        f"with open({str(folder / 'calls')!r}, 'a') as calls:\n"
        "    calls.write(json.dumps([args, dict(os.environ)]) + '\\n')\n"
        f"def python():\n    os.execv(sys.executable, [sys.executable, *args[args.index('-u'):]])\n{body}\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def calls(folder: Path) -> list[list[str]]:
    text = (folder / "calls").read_text()
    assert SECRET not in text  # neither in an argument nor in the environment
    return [json.loads(line)[0] for line in text.splitlines()]


@pytest.mark.parametrize(("option", "image"), [("--docker", "reg.example/agent:1"), ("--docker=own:2", "own:2")])
def test_docker(
    probe: Cli, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, image: str
) -> None:
    stand_in(tmp_path / "bin", "docker", "python()")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    done = probe("probe", "good/values.yaml", option, "--yes")
    assert done.code == 0, done.err
    (call,) = calls(tmp_path / "bin")
    assert call[:4] == ["run", "--rm", "-i", "--name"]
    assert call[5:10] == ["--entrypoint", "python", image, "-u", "-c"]
    assert f"docker run --rm -i --name {call[4]} --entrypoint python {image}" in done.err
    assert left(store) == []


POD = {"metadata": {"name": "p-worker-7c9"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}


@pytest.mark.parametrize("pods", [[POD], []], ids=["running worker", "pod of its own"])
def test_kubectl(
    probe: Cli, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pods: list[dict[str, object]]
) -> None:
    answer = json.dumps({"items": pods})
    stand_in(tmp_path / "bin", "kubectl", f"print({answer!r}) if 'get' in args else python()")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    done = probe("probe", "good/values.yaml", "--kubectl=prod-eu", "--yes")
    assert done.code == 0, done.err
    get, run = calls(tmp_path / "bin")
    assert get[:5] == ["--context=prod-eu", "--namespace=ns-a", "get", "pods", "--output=json"]
    if pods:
        assert run[2:8] == ["exec", "-i", "p-worker-7c9", "--", "python", "-u"]
    else:
        assert (run[2], run[4:8]) == ("run", ["--rm", "-i", "--quiet", "--restart=Never"])
        assert run[8:13] == [
            "--pod-running-timeout=300s",
            "--image=reg.example/agent:1",
            '--overrides={"spec": {"serviceAccountName": "sa-w"}}',
            "--command",
            "--",
        ]
    assert " --context=prod-eu --namespace=ns-a " in done.err
    assert left(store) == []


@pytest.mark.parametrize(("option", "end"), [("--docker", ["rm", "-f"]), ("--kubectl", ["delete", "pod"])])
def test_what_does_not_end_by_itself_is_removed(
    probe: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, end: list[str]
) -> None:
    monkeypatch.setattr(runners, "_STARTING", 0.2)
    body = "import signal\nif 'get' in args:\n    print('{\"items\": []}')\nelif 'run' in args:\n    signal.pause()"
    stand_in(tmp_path / "bin", option.removeprefix("--"), body)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    done = probe("probe", "good/values.yaml", option, "--yes", "--format", "json")
    assert done.code == 2
    last = calls(tmp_path / "bin")[-1]
    at = last.index(end[0])
    assert last[at : at + 2] == end
    name = last[at + 2]
    assert name.startswith("rea-xcom-probe-")
    assert f" {name} " in done.err  # the command that was told


@pytest.mark.parametrize(
    ("option", "body", "said"),
    [
        (
            "--docker",
            "sys.exit('docker: Cannot connect to the Docker daemon.\\n\\nRun docker run --help')",
            "Cannot connect to the Docker daemon",
        ),
        (
            "--kubectl",
            "sys.exit('The connection to the server was refused')",
            "cannot be asked for pods: The connection",
        ),
        ("--kubectl", "print('[]')", "something other than a list of pods"),
    ],
)
def test_no_daemon_and_no_cluster(
    probe: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, body: str, said: str
) -> None:
    stand_in(tmp_path / "bin", option.removeprefix("--"), body)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    done = probe("probe", "good/values.yaml", "--yes", option)
    assert (done.code, said in done.err) == (2, True), done.err


def test_no_program(probe: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    git = tmp_path / "only-git"
    git.mkdir()
    (git / "git").symlink_to("/usr/bin/git")
    monkeypatch.setenv("PATH", str(git))
    for option in ("--docker", "--kubectl"):
        done = probe("probe", "good/values.yaml", "--yes", option)
        assert (done.code, "is not on the PATH" in done.err) == (2, True), done.err


def test_a_bucket_without_objects_is_there() -> None:
    class OlderS3:
        def call_s3(self, method: str, Bucket: str) -> None:
            assert method == "head_bucket"
            if Bucket == "gone":
                raise FileNotFoundError(Bucket)

    assert is_empty_bucket(OlderS3(), "new")
    assert not is_empty_bucket(OlderS3(), "gone")
    assert not is_empty_bucket(object(), "new")


def test_a_bucket_without_objects_has_nothing_left() -> None:
    class OlderS3:
        def find(self, place: str) -> dict[str, str]:
            if place == "empty":
                raise FileNotFoundError(place)
            return {f"{place}/x": ""}

    assert objects_below(OlderS3(), "empty") == []
    assert objects_below(OlderS3(), "full") == ["full/x"]
