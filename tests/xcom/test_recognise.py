"""Agent values are told by content; nothing else is taken for them, and a wrong shape is said."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rea_xcom_tui.xcom.recognise import OWN_KEYS, TELLING_KEYS, has_signature, recognise
from tests.xcom.trees import AZURE_EXAMPLE, S3_EXAMPLE, tree

AGENT = {
    "the vendor's S3 example": S3_EXAMPLE,
    "the vendor's Azure example": AZURE_EXAMPLE,
    "the backend alone": "xcomBackend: ~\n",
    "the deployment's URL alone": "astroDeploymentAPIURL: https://x.example\nnamespace: a\n",
    "an overlay with XCom variables": (
        "commonEnv:\n  - name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH\n    value: s3://b/x\n"
    ),
    "an overlay with Astro's variables": "commonEnv: [{name: ASTRO_DEPLOYMENT_ID, value: x}]\n",
    "two telling keys": "secretBackend: a.b.C\nagentTokenSecretName: t\n",
    "the agent's image": (
        "image: images.astronomer.cloud/baseimages/astro-remote-execution-agent:3.2-2-python-3.13-astro-agent-1.6.0\n"
    ),
    "the sentinel's image": "sentinel:\n  image: x/astro-remote-execution-sentinel:1.6.0\n",
    "JSON": '{"namespace": "a", "xcomBackend": "a.b.C"}',
    "quoted keys": '"xcomBackend": "a.b.C"\n',
    "flow style over lines": "{\n  namespace: a,\n  xcomBackend: a.b.C\n}\n",
    "a byte order mark": "\ufeffxcomBackend: a.b.C\n",
    "CRLF": "namespace: a\r\nxcomBackend: a.b.C\r\n",
}

NOT_AGENT = {
    "the community Airflow chart": """\
        airflowVersion: 3.0.2
        executor: KubernetesExecutor
        env: [{name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH, value: "s3://b/x"}]
        labels: {}
        workers: {replicas: 2, env: [], serviceAccount: {annotations: {}}}
        triggerer: {enabled: true}
        dagProcessor: {enabled: true, dagBundleConfigList: [{name: x}]}
        config: {core: {xcom_backend: a.b.C}}
        """,
    "a ConfigMap that quotes values": """\
        apiVersion: v1
        kind: ConfigMap
        data: {values.yaml: "xcomBackend: a.b.C"}
        xcomBackend: looks like it
        commonEnv: []
        """,
    "an unrelated chart with commonEnv": "commonEnv: [{name: LOG_LEVEL, value: debug}]\nimage: {tag: 1}\nreplicas: 2\n",
    "Redis with a sentinel": "sentinel: {enabled: true, image: {tag: 7}}\ncommonEnv: {}\nreplica: {}\n",
    "Buildkite's agents": "agentToken: x\nagentStackSecret: y\nconfig: {}\n",
    "many keys that others have too": (
        "resourceNamePrefix: a\nloggingSidecar: {}\ntriggerer: {}\ndagProcessor: {}\nworkers: []\n"
    ),
    "commented example keys": "# xcomBackend: a.b.C\n# commonEnv: []\nreplicas: 1\n",
    "an empty file": "",
    "a Chart.yaml": "apiVersion: v2\nname: agents\ndependencies: [{name: astro-remote-execution-agent}]\n",
}

WRONG_SHAPE = {
    "a mapping as backend": ("xcomBackend:\n  type: k8s\n", "`xcomBackend` is a mapping", 2),
    "a list as backend": ("xcomBackend: [a.b.C]\n", "`xcomBackend` is a list", 1),
    "a mapping as commonEnv": (
        "xcomBackend: a.b.C\ncommonEnv:\n  AIRFLOW__CORE__X: y\n",
        "`commonEnv` is a mapping; the agent's chart takes a list.",
        3,
    ),
    "a plain entry in commonEnv": ("xcomBackend: a.b.C\ncommonEnv:\n  - A=b\n", "an entry that is a plain value", 3),
    "workers as in the community chart": ("xcomBackend: a.b.C\nworkers:\n  replicas: 2\n", "`workers` is a mapping", 3),
    "a worker's env as a mapping": ("xcomBackend: a\nworkers:\n  - env: {A: b}\n", "`workers env` is a mapping", 3),
    "a plain worker": ("xcomBackend: a\nworkers: [default]\n", "`an item of workers` is a plain value", 2),
    "annotations as a list": ("xcomBackend: a\nannotations: [x]\n", "`annotations` is a list", 2),
    "an invented schema": (
        "agents: {a: {}}\nxcomBackend: {type: k8s, size: 1}\nsecretBackend: {type: k8s}\nimage: {tag: x}\nenv: []\n",
        "`xcomBackend` is a mapping",
        2,
    ),
}


@pytest.mark.parametrize("text", AGENT.values(), ids=AGENT)
def test_agent_values_are_recognised(text: str) -> None:
    assert recognise(tree(text)).verdict == "agent"


@pytest.mark.parametrize("text", [*AGENT.values(), *(case[0] for case in WRONG_SHAPE.values())])
def test_the_signature_misses_no_agent_values(text: str) -> None:
    assert has_signature(text.encode())


@pytest.mark.parametrize("text", NOT_AGENT.values(), ids=NOT_AGENT)
def test_nothing_else_is_recognised(text: str) -> None:
    assert not recognise(tree(text)).is_agent


@pytest.mark.parametrize(("text", "reason", "line"), WRONG_SHAPE.values(), ids=WRONG_SHAPE)
def test_a_wrong_shape_is_a_row_with_its_reason(text: str, reason: str, line: int) -> None:
    found = recognise(tree(text))
    assert found.verdict == "wrong shape"
    assert found.is_agent
    assert found.reason is not None
    assert reason in found.reason
    assert found.line == line


@pytest.mark.parametrize("null", ["~", "null", "", '""'])
def test_null_is_an_unset_key_and_no_wrong_shape(null: str) -> None:
    keys = ("commonEnv", "workers", "dagProcessor", "triggerer", "annotations", "labels", "serviceAccount")
    text = "xcomBackend: a.b.C\n" + "".join(f"{key}: {null}\n" for key in keys)
    assert recognise(tree(text)).verdict == "agent"


@pytest.mark.parametrize("text", [b"# xcomBackend: x\n", b"the xcomBackend: x\n", b"", b"a: xcomBackend\n"])
def test_the_signature_passes_over_comments_and_prose(text: bytes) -> None:
    assert not has_signature(text)


@pytest.mark.parametrize("key", [*OWN_KEYS, *TELLING_KEYS])
def test_each_key_that_tells_is_seen_alone(key: str) -> None:
    assert has_signature(f"a: 1\n{key}: x\n".encode())
    assert has_signature(f"{{{key}: x}}".encode())


@pytest.mark.parametrize("text", [b"xcomBackend: x\n\tbad: [", b"a: 1\n  commonEnv:\n - x: {{ y }}\n"])
def test_the_signature_is_found_in_what_cannot_be_parsed(text: bytes) -> None:
    assert has_signature(text)


@pytest.mark.parametrize(
    "part", [b", ", b"\n", b"{ ", b",\n", b"{image:", b"{commonEnv \n", b" ", b"\nimage: astro-remote-execution"]
)
def test_the_signature_takes_linear_time(part: bytes) -> None:
    started = time.process_time()
    has_signature(part * 20_000 + b" no xcomBackend")
    assert time.process_time() - started < 1.0


@given(st.text(alphabet="xcomBackend:{}[],\"' \n#-", max_size=60))
def test_the_signature_covers_what_is_recognised(text: str) -> None:
    from rea_xcom_tui.values import Unreadable

    try:
        root = tree(text.encode())
    except Unreadable:
        return
    if recognise(root).is_agent:
        assert has_signature(text.encode())
