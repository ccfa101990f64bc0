"""Running real Helmfile on a case."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from scripts.engine_truth import engines

from .cases import Case

_RELEASE = re.compile(r'^  release: (".*")\n  values: (".*")$', re.MULTILINE)


def ask(case: Case, work: Path) -> dict[str, Any] | None:
    """The values of each release by `namespace/name`, or None where Helmfile gives up."""
    helmfile = engines.binary(work, "helmfile", "helmfile").resolve()
    helm = engines.binary(work, "helmfile", "helm").resolve()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, text in case.files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        start = root / next(path for path in case.files if path.endswith("helmfile.yaml"))
        command = [str(helmfile), "-b", str(helm), "-e", case.environment, "template", "--skip-deps"]
        environment = {"HOME": str(root / "home"), "PATH": f"{helm.parent}:/usr/bin:/bin"}
        done = subprocess.run(command, cwd=start.parent, capture_output=True, text=True, check=False, env=environment)
    if done.returncode == 3:
        return {}  # there is no release for this environment
    if done.returncode:
        return None
    return {json.loads(name): json.loads(json.loads(values)) for name, values in _RELEASE.findall(done.stdout)}
