"""What the real engine of a layout gives each deployment of a fleet on the disk: kustomize, Helmfile, Helm."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any

from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.merged import plain
from scripts.engine_truth import engines, helm
from scripts.engine_truth.cases import Case, ChartCase
from scripts.helmfile_truth import cases as helmfile_cases
from scripts.helmfile_truth import engine as helmfile_engine

from .fleets import CHART, Fleet

_VALUES = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: o\ndata:\n  v: {{ .Values | toJson | quote }}\n"


class Answers:
    """Asks the engines, each question once."""

    def __init__(self, work: Path) -> None:
        self._work = work
        self._known: dict[tuple[Any, ...], Any] = {}
        self.asked = 0
        """How many answers it took."""

    def of(self, fleet: Fleet, name: str, engine: str) -> Any:
        """The values of a deployment in force, as plain data; None where an engine refuses."""
        if fleet.layout == "helmfile":
            return self._of_helmfile(fleet, name)
        if fleet.layout == "flux":
            return self._of_flux(fleet, name, engine)
        if fleet.layout == "kustomize":
            return self._of_kustomize(fleet, name)
        texts, options = fleet.given(name)
        return self._of_helm(texts, options, engine)

    def _of_helm(self, texts: list[str], options: list[list[str]], engine: str) -> Any:
        key = (engine, *texts, str(options))
        if key not in self._known:
            self.asked += 1
            own = self._work / f"thread{threading.get_ident()}"
            case = Case(texts, options, ChartCase(""))  # type: ignore[arg-type]
            self._known[key] = helm.ask(engines.binary(self._work, engine), case, own)
        return self._known[key]

    def _of_flux(self, fleet: Fleet, name: str, engine: str) -> Any:
        """What kustomize builds of the cluster's folder, its ConfigMaps and then spec.values given to Helm."""
        release, _, cluster = name.partition("@")
        built = self._built(fleet, f"clusters/{cluster}")
        if built is None:
            return None
        found = next(one for one in built if one["kind"] == "HelmRelease" and one["metadata"]["name"] == release)
        texts = [
            one["data"]["values.yaml"]
            for source in found["spec"].get("valuesFrom", ())
            for one in built
            if one["kind"] == "ConfigMap" and one["metadata"]["name"] == source["name"]
        ]
        return self._of_helm([*texts, json.dumps(found["spec"].get("values", {}))], [], engine)

    def _of_kustomize(self, fleet: Fleet, name: str) -> Any:
        built = self._built(fleet, f"apps/{name}")
        values = None if built is None else json.loads(built[0]["data"]["v"])
        return None if values is None else {key: value for key, value in values.items() if key != "global"}

    def _built(self, fleet: Fleet, folder: str) -> Any:
        key = ("kustomize", folder, *sorted(fleet.files.items()))
        if key not in self._known:
            self.asked += 1
            self._known[key] = self._build(fleet, folder)
        return self._known[key]

    def _build(self, fleet: Fleet, folder: str) -> Any:
        with tempfile.TemporaryDirectory() as temporary:
            root = Path(temporary)
            chart = f"{folder}/charts/{CHART}-2.0.0/{CHART}"
            own = {f"{chart}/Chart.yaml": f"apiVersion: v2\nname: {CHART}\nversion: 2.0.0\n"}
            own[f"{chart}/templates/values.yaml"] = _VALUES
            for path, text in {**fleet.files, **(own if fleet.layout == "kustomize" else {})}.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text, encoding="utf-8")
            kubectl, binary = (str(engines.binary(self._work, "4.2", tool).resolve()) for tool in ("kubectl", "helm"))
            command = [kubectl, "kustomize", "--load-restrictor", "LoadRestrictionsNone"]
            command += ["--enable-helm", "--helm-command", binary, str(root / folder)]
            environment = {**os.environ, "HOME": temporary}
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        return None if done.returncode else [plain(found) for found in read_documents(done.stdout).roots]

    def _of_helmfile(self, fleet: Fleet, name: str) -> Any:
        release, _, env = name.partition("@")
        key = ("helmfile", env, *sorted(fleet.files.items()))
        if key not in self._known:
            self.asked += 1
            case = helmfile_cases.Case(0, env, fleet.files)
            self._known[key] = helmfile_engine.ask(case, self._work)
        found = self._known[key]
        return None if found is None else found[f"agents/{release}"]
