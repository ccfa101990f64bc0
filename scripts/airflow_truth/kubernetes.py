"""Asks kubectl, without any cluster, how it types YAML scalars where Kubernetes wants strings.

kubectl, the API server and Helm read YAML with the same library, so what kubectl says of a scalar is what a
values file's scalar becomes before a template sees it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from . import record

PLACES = {
    "env": (
        'apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n  - name: c\n    image: i\n'
        "    env:\n    - name: T\n      value: {}\n"
    ),
    "label": (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  labels:\n    T: {}\nspec:\n  containers:\n"
        "  - {{name: c, image: i, env: []}}\n"
    ),
    "annotation": (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  annotations:\n    T: {}\nspec:\n  containers:\n"
        "  - {{name: c, image: i, env: []}}\n"
    ),
    "key": (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  annotations:\n    {}: x\nspec:\n  containers:\n"
        "  - {{name: c, image: i, env: []}}\n"
    ),
}  # fmt: skip
"""Where the scalar stands; Kubernetes wants a string in each."""

SCALARS = (
    "0", "-1", "10", "1048576", "999999", "1000000", "10485760", "99999999999999999999", "+5", "012", "0o12", "0x1F",
    "0b11", "1_000", "1e6", "1E6", "1.048576e+06", "1.0", "1.5", ".5", ".inf", ".nan", "true", "True", "TRUE",
    "false",
    "yes", "Yes", "no", "on", "off", "y", "Y", "n", "N", "~", "null", "Null", "", '""', "''", '"0"', "'0'", "!!str 0",
    "!!int '0'", "!!bool 'true'", "!vault x", "!!binary aGk=", "zip", "10MB", "12:30", "12:30:45", "190:20:30",
    "2024-01-01",
    "2024-01-01T00:00:00Z", "s3://conn@bucket/x", "s3://b/x # note", "abc:", "a: b", "@x", "*x", "&x 5", "%x",
    "`x`", "- x",
    "{a: b}", "[]", "{{ x }}", "|-\n        text", ">-\n        folded\n        text", "10 # note", "10#note",
    "<<", "=",
)  # fmt: skip

_ENV_LISTS = {
    "duplicate name": '    - {name: T, value: "a"}\n    - {name: T, value: "b"}\n',
    "value and valueFrom": '    - {name: T, value: "a", valueFrom: {secretKeyRef: {name: s, key: k}}}\n',
    "neither value nor valueFrom": "    - {name: T}\n",
    "duplicate key in one entry": "    - name: T\n      value: 'a'\n      value: 'b'\n",
    "anchor and alias": "    - name: T\n      value: &x 'a'\n    - name: U\n      value: *x\n",
    "merge key": "    - &e {name: T, value: 'a'}\n    - {<<: *e, name: U}\n",
    "value is a list": "    - {name: T, value: [a]}\n",
    "value is a mapping": "    - {name: T, value: {a: b}}\n",
    "name is a number": "    - {name: 1, value: 'a'}\n",
    "name is a bool": "    - {name: yes, value: 'a'}\n",
}

_HEAD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
_DOCUMENTS = {
    "duplicate key": "a: 1\na: 2\n",
    "duplicate list": "commonEnv:\n- {name: A, value: x}\ncommonEnv:\n- {name: B, value: y}\n",
    "duplicate key in another spelling": "yes: 1\ntrue: 2\n",
    "tab indentation": "a:\n\tb: 1\n",
    "carriage returns": "a: 1\r\nb:\r\n- x: y\r\n",
    "no newline at the end": "a: 1",
    "byte order mark inside": "a: 1\n\ufeffb: 2\n",
    "anchor and merge": "x: &x {a: 1, b: 2}\nm: {<<: *x, b: 3}\n",
    "merge written after the key it overrides": "x: &x {a: 1, b: 2}\nm: {b: 3, <<: *x}\n",
    "merge of a list": "x: &x {a: 1}\nz: &z {a: 5, b: 2}\nm: {<<: [*x, *z]}\n",
    "duplicate anchor": "x: &x 1\ny: &x 2\nm: *x\n",
    "unknown anchor": "a: *nope\n",
    "unknown tag": "a: !vault x\n",
    "flow list of JSON": '"a": [{"name":"X","value":"1"}]\n',
    "template": "a: {{ .Values.x }}\n",
    "quoted template": 'a: "{{ .Values.x }}"\n',
    "colon and blank in a value": "a: b: c\n",
    "comment without a blank": "a: b#c\n",
    "number as key": "1: a\n",
    "document end and more": "a: 1\n...\n",
    "block scalar with indentation indicator": "a: |2\n    x\n",
    "double-quoted escapes": 'a: "\\u0041\\n\\x42"\n',
    "single quote doubled": "a: 'it''s'\n",
    "plain over two lines": "a: b\n  c\n",
}
"""Whole documents: put behind a minimal head, and read as untyped JSON."""


def refresh() -> Path:
    """Ask kubectl everything and write the data file; return the file."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        raise record.TruthError("there is no kubectl on this machine: the recorded answers stay as they are")
    said = json.loads(_kubectl(kubectl, "version", "--client", "--output=json").stdout)["clientVersion"]
    records = [
        _scalar(kubectl, place, scalar)
        for place in PLACES
        for scalar in SCALARS
        if place != "key" or not (set(scalar) & set("\n#[{-*") or scalar in ("", "a: b"))
    ]
    records += [_env_list(kubectl, name, text) for name, text in _ENV_LISTS.items()]
    records += [_document(kubectl, name, text) for name, text in _DOCUMENTS.items()]
    file = record.DATA / "kubernetes.json"
    version = str(said["gitVersion"]).partition("-")[0].removeprefix("v")
    record.write(file, {"kubectl": version}, records)
    return file


def _scalar(kubectl: str, place: str, scalar: str) -> dict[str, object]:
    """What one scalar in one place is read as, and whether the typed API takes it."""
    seen, answer = _ask(kubectl, PLACES[place].format(scalar))
    detail = answer["detail"]
    assert isinstance(detail, dict)
    if seen is not None and place == "env":
        detail["json"] = seen["spec"]["containers"][0]["env"][0].get("value")
    elif seen is not None and place == "key":
        detail["json"] = next(name for name in seen["metadata"]["annotations"] if name != "zz")
    elif seen is not None:
        detail["json"] = seen["metadata"][f"{place}s"].get("T")
    return {"kind": "typing", "place": place, "value": scalar, **answer}


def _env_list(kubectl: str, name: str, text: str) -> dict[str, object]:
    """What one list of environment entries is read as."""
    head = PLACES["env"].partition("    - name: T")[0].format()
    seen, answer = _ask(kubectl, head + text)
    detail = answer["detail"]
    assert isinstance(detail, dict)
    if seen is not None:
        detail["json"] = seen["spec"]["containers"][0]["env"]
    return {"kind": "env list", "value": name, "yaml": text, **answer}


def _document(kubectl: str, name: str, text: str) -> dict[str, object]:
    """What a whole document is read as, the head left out."""
    seen, answer = _ask(kubectl, _HEAD + text)
    record = {"kind": "document", "value": name, "yaml": text}
    if seen is None:
        return {**record, **answer}
    for key in ("apiVersion", "kind", "metadata"):
        del seen[key]
    return {**record, "outcome": "ok", "detail": {"json": seen}}


def _ask(kubectl: str, manifest: str) -> tuple[Any, dict[str, object]]:
    """Read a manifest twice: as untyped JSON, and as the typed API sees it. No cluster is asked."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pod.yaml"
        file.write_text(manifest, encoding="utf-8")
        loose = _kubectl(kubectl, "annotate", "--local", "-f", str(file), "zz=1", "-o", "json")
        typed = _kubectl(kubectl, "set", "env", "--local", "-f", str(file), "ZZ=1", "-o", "json")
        seen = json.loads(loose.stdout) if loose.returncode == 0 else None
        if typed.returncode == 0:
            return seen, {"outcome": "ok", "detail": {}}
        words = " ".join(typed.stderr.replace(str(file), "pod.yaml").split())
        return seen, {"outcome": "error", "detail": {"message": words[:200]}}


def _kubectl(kubectl: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "KUBECONFIG": "/nonexistent/config"}
    return subprocess.run(
        [kubectl, *arguments], capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
