"""A real Helm for templates beyond this reader: the optional extra `helm` (helm-python-sdk), in a child process.

A template can count to a billion, and nothing stops the library in the middle of it. So it runs in a process of its own
with a limit on its time and memory, and no more than text goes in and out.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from rea_xcom_tui.layouts.signs import HELM_EXTRA

_SECONDS = 20
_MAX_OUTPUT = 8_000_000


@functools.cache
def is_installed() -> bool:
    """Whether the extra is there."""
    return importlib.util.find_spec(HELM_EXTRA) is not None


def rendered(
    templates: Mapping[str, str], files: Mapping[str, str], values: Mapping[str, Any], *, release: str, namespace: str
) -> dict[str, str] | None:
    """What Helm makes of a chart's templates with values that are already put together, by their paths in
    `templates/`; None where the extra is not installed, or Helm refuses or takes too long."""
    if not is_installed():
        return None
    question = {
        "templates": dict(templates),
        "files": {path: text for path, text in files.items() if path != "values.yaml"},
        "values": values,
        "release": release,
        "namespace": namespace,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _CHILD, str(_SECONDS)],
            input=json.dumps(question).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS + 5,
            check=False,
        )
        answer = json.loads(done.stdout[:_MAX_OUTPUT]) if done.returncode == 0 else None
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    return {str(key): str(text) for key, text in answer.items()} if isinstance(answer, dict) else None


_CHILD = """
import json, pathlib, resource, sys, tempfile
seconds = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_AS, (4_000_000_000, 4_000_000_000))
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000_000, 50_000_000))
asked = json.load(sys.stdin)
import helm_python
with tempfile.TemporaryDirectory() as folder:
    chart = pathlib.Path(folder).resolve()
    inside = {f"templates/{path}": text for path, text in asked["templates"].items()}
    for path, text in {**asked["files"], **inside}.items():
        file = (chart / path).resolve()
        if chart not in file.parents:
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (chart / "values.yaml").write_text("")
    with helm_python.Chart.load(chart) as loaded:
        found = loaded.render(asked["values"], name=asked["release"], namespace=asked["namespace"])
out = {path.partition("/templates/")[2]: text for path, text in found.items()}
json.dump(out, sys.stdout)
"""
