"""What a generator's entry becomes: texts, bytes, env files, and what kustomize refuses."""

from __future__ import annotations

import pytest

from rea_xcom_tui.layouts.kustomize.generating import Generated


def test_bytes_that_are_no_text_are_binary_data() -> None:
    made = Generated(
        "ConfigMap", "v", "ns", "create", True, "", {"a": "1"}, {"b": "2"}, {"t": b"text", "b": b"\xff\x00"}
    )
    assert made.manifest() == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "v", "namespace": "ns", "labels": {"a": "1"}, "annotations": {"b": "2"}},
        "data": {"t": "text"},
        "binaryData": {"b": "/wA="},
    }


@pytest.mark.parametrize(("type_", "written"), [("", "Opaque"), ("kubernetes.io/tls", "kubernetes.io/tls")])
def test_a_secret_is_encoded_whatever_it_holds(type_: str, written: str) -> None:
    made = Generated("Secret", "v", "", "create", True, type_, data={"t": b"text"}).manifest()
    assert made == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "v"},
        "type": written,
        "data": {"t": "dGV4dA=="},
    }
