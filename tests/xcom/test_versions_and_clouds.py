"""Which cloud a deployment stores in, and which versions its file tells."""

from __future__ import annotations

import pytest

from rea_xcom_tui.xcom.model import State
from rea_xcom_tui.xcom.reading import read
from tests.xcom.trees import PATH, ROLE, THRESHOLD, config, env, tree

CLOUDS = [
    ("s3://b/x", "aws"), ("s3a://b/x", "aws"), ("abfs://c@b/x", "azure"), ("abfss://c@b/x", "azure"),
    ("adl://c@b/x", "azure"), ("wasb://c@b/x", "azure"), ("gs://b/x", "gcp"), ("gcs://b/x", "gcp"),
    ("file:///x", "local"), ("/x", "local"), ("hdfs://h/x", "other"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "cloud"), CLOUDS)
def test_the_cloud_is_that_of_the_path(path: str, cloud: str) -> None:
    text = env(PATH, path) + f"annotations:\n  eks.amazonaws.com/role-arn: {ROLE}\n"
    assert config(text).cloud == cloud


def test_without_a_path_the_identity_tells_the_cloud() -> None:
    assert config(f"xcomBackend: x.y\nannotations:\n  eks.amazonaws.com/role-arn: {ROLE}\n").cloud == "aws"


VERSIONS: list[tuple[str, str, tuple[int, ...] | None, tuple[int, ...] | None]] = [
    ("image: r/astro-remote-execution-agent:3.0-4-python-3.12-astro-agent-1.0.2", "", (3, 0), (1, 0, 2)),
    ("workers: [{image: r/astro-remote-execution-agent:3.1-2-python-3.12-astro-agent-1.2.0}]", "", (3, 1), (1, 2, 0)),
    ("image: my/own:3.2-5-python-3.13-astro-agent-1.7.2", "", (3, 2), (1, 7, 2)),
    ("image: my/own:2025.1", "", None, None),
    ("image: {repository: x}", "", None, None),
    ("sentinel: {image: r/astro-remote-execution-sentinel:1.8.1}", "", None, (1, 8, 1)),
    ("image: ~", "# chart 2.0.0 and agent 1.6.0.", None, (1, 6, 0)),
    ("sentinel: {image: r/astro-remote-execution-sentinel:1.8.1}", "# chart 2.0.0 and agent 1.6.0.", None, (1, 8, 1)),
]


@pytest.mark.parametrize(("text", "header", "airflow", "agent"), VERSIONS)
def test_versions(text: str, header: str, airflow: tuple[int, ...] | None, agent: tuple[int, ...] | None) -> None:
    found = config(f"xcomBackend: x.y\n{text}\n", header)
    assert (found.airflow, found.agent) == (airflow, agent)


@pytest.mark.parametrize(
    ("version", "state", "value"),
    [((3, 0), "invalid", None), ((3, 1), "invalid", None), ((3, 2), "set", 1_000_000), ((3, 3), "set", 1_000_000),
     (None, "set", 1_000_000)],
)  # fmt: skip
def test_validity_follows_the_version(version: tuple[int, ...] | None, state: State, value: int | None) -> None:
    reading = read(tree(env(THRESHOLD, '"1e6"')), airflow_version=version).fields["threshold"]
    assert (reading.state, reading.value) == (state, value)
