"""Where a probe may run: what each place needs, and the one sentence where it is not to be had."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.probe.places import Where
from rea_xcom_tui.fleet.probe.runners import Running
from rea_xcom_tui.fleet.probe.settings import Settings, scrub


def settings(image: str | None = "reg/agent:1", namespace: str | None = "ns", account: str | None = "sa") -> Settings:
    row = SimpleNamespace(id="a/values.yaml", namespace=namespace, config=SimpleNamespace(prefix="etl"))
    made = SimpleNamespace(image=image, service_account=account, own="_rea_xcom_probe_1", deployment=row)
    return cast(Settings, made)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that alone is on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("docker", Where("docker")),
        (" kubectl  prod-eu ", Where("kubectl", "prod-eu")),
        ("python /opt/x y/python", Where("python", "/opt/x y/python")),
        ("podman", None),
        ("", None),
    ],
)
def test_a_place_is_read_as_people_write_it(text: str, where: Where | None) -> None:
    assert Where.parse(text) == where
    if where is not None:
        assert Where.parse(str(where)) == where


@pytest.mark.parametrize(
    ("text", "image", "why"),
    [
        ("python", "x", "give the path of a Python that has Airflow"),
        ("python /nowhere/python", "x", "there is no Python to run at /nowhere/python"),
        ("docker", None, "the values name no image"),
        ("docker -v", "x", "-v is not a name of an image"),
        ("docker", "x", "docker is not on the PATH"),
        ("kubectl", "x", "kubectl is not on the PATH"),
    ],
)
def test_what_is_missing_is_told(programs: Path, text: str, image: str | None, why: str) -> None:
    where = Where.parse(text)
    assert where is not None
    with pytest.raises(ToolError, match=why):
        where.place(settings(image))


def test_a_container_has_a_name_by_which_it_can_be_ended(programs: Path) -> None:
    program(programs, "docker", "exit 0")
    place = Where("docker", "own:2").place(settings())
    assert place.command[1:6] == ("run", "--rm", "-i", "--name", "rea-xcom-probe-1")
    assert place.container[-1] == "rea-xcom-probe-1"
    assert place.words == "in a container of own:2"


def pod(name: str, ready: str = "True") -> dict[str, object]:
    return {"metadata": {"name": name}, "status": {"conditions": [{"type": "Ready", "status": ready}]}}


@pytest.mark.parametrize(
    ("pods", "chosen"),
    [
        ([pod("etl-worker-0", "False"), pod("ml-worker-1"), pod("etl-worker-2")], "etl-worker-2"),
        ([pod("etl-triggerer-0"), "odd", {}], None),
        ([], None),
    ],
)
def test_a_ready_worker_of_the_deployment_is_taken_else_a_pod_of_its_own(
    programs: Path, pods: list[object], chosen: str | None
) -> None:
    (programs / "pods.json").write_text(json.dumps({"items": pods}))
    program(programs, "kubectl", f'read -r line < {programs}/pods.json; echo "$line"')
    place = Where("kubectl", "eu").place(settings())
    assert place.command[1:3] == ("--context=eu", "--namespace=ns")
    if chosen is not None:
        assert place.words == f"in pod {chosen} of context eu"
        return
    assert "--image=reg/agent:1" in place.command
    assert place.words == "in a pod of its own of context eu, as service account sa"
    assert "delete" in place.container
    with pytest.raises(ToolError, match="no worker runs of the current context in namespace default"):
        Where("kubectl").place(settings(image=None, namespace=None))


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'no such context' >&2; exit 1", "cannot be asked for pods: no such context"),
        ("echo hello", "answered with something other than a list of pods"),
    ],
)
def test_a_cluster_that_does_not_answer_as_it_should_is_told(programs: Path, script: str, why: str) -> None:
    program(programs, "kubectl", script)
    with pytest.raises(ToolError, match=why):
        Where("kubectl").place(settings())


def test_a_place_that_cannot_be_started_is_told(programs: Path) -> None:
    program(programs, "docker", "exit 0")
    place = Where("docker").place(settings())
    (programs / "docker").chmod(0o644)
    with pytest.raises(ToolError, match="docker cannot be started: Permission denied"):
        Running(place, settings(), 5)


def test_secrets_are_taken_out_of_a_text() -> None:
    assert "s3cret" not in scrub("login with s3cret failed", ["s3cret"])
