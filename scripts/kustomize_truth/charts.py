"""Random small kustomizations that render one chart: `helmCharts`, or a generator's file."""

from __future__ import annotations

import random

_CHART = {
    "app/charts/agent/Chart.yaml": "apiVersion: v2\nname: agent\nversion: 1.0.0\n",
    "app/charts/agent/values.yaml": "a: zero\nl: {x: 9, w: 8}\ne: [{name: d}]\ns: dflt\n",
    "app/charts/agent/templates/values.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: o\ndata:\n  v: {{ .Values | toJson | quote }}\n"
    ),
}
_SCALARS = (
    "1", "'1'", "yes", "on", "true", "null", "012", "2026-01-01", "abc", "''", "1_000", "12:30", "{}", "[]", "[a, b]",
    "{k: 1, n: null}",
)  # fmt: skip
_VALUES = {
    "a": _SCALARS,
    "l": ("{x: 1}", "{x: null, y: 2}", "{}", "null", "{z: {q: 1}}", "{z: {q: null}}"),
    "e": ("[1]", "[]", "[{name: a, value: 012}]", "null"),
    "s": ("x", "'2048'", "0", "yes", "null", "'0'"),
}


class ChartUse:
    """One kustomization in `app` with a chart beside it, which prints its values."""

    root = "app"

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.files = dict(_CHART)
        entry = "name: agent\nreleaseName: rel\n"
        if self._chance(80):
            anchors = "x: &x {k: 2}\ny: *x\nz: {<<: *x, j: 1}\n" if self._chance(20) else ""
            self.files["app/v.yaml"] = anchors + self._values("")
            entry += "valuesFile: v.yaml\n"
        if self._chance(60):
            entry += "valuesInline:\n" + self._values("  ")
        if self._chance(30):
            self.files["app/w.yaml"] = self._values("")
            entry += "additionalValuesFiles: [w.yaml]\n"
        if self._chance(50):
            entry += f"valuesMerge: {self.random.choice(('merge', 'override', 'replace'))}\n"
        if self._chance(40):
            head = "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: g}\n"
            self.files["app/gen.yaml"] = head + entry
            self.files["app/kustomization.yaml"] = "generators: [gen.yaml]\n"
        else:
            body = entry.rstrip().replace("\n", "\n  ")
            self.files["app/kustomization.yaml"] = f"helmCharts:\n- {body}\n"

    def _chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def _values(self, indent: str) -> str:
        keys = self.random.sample(tuple(_VALUES), self.random.randrange(1, 4))
        chosen = {key: self.random.choice(_VALUES[key] if self._chance(93) else _SCALARS) for key in keys}
        return "".join(f"{indent}{key}: {value}\n" for key, value in chosen.items())
