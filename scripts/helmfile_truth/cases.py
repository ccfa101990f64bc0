"""Random small helmfiles, with the features that real ones use, in about the shares that they have there."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

CHART = {
    "charts/agent/Chart.yaml": "apiVersion: v2\nname: astro-remote-execution-agent\nversion: 2.3.3\n",
    "charts/agent/values.yaml": "xcomBackend: chart\ncommonEnv: [{name: ID, value: ''}]\nlabels: {chart: 'yes'}\n",
    "charts/agent/templates/out.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n"
        '  release: {{ printf "%s/%s" .Release.Namespace .Release.Name | quote }}\n'
        "  values: {{ .Values | toJson | quote }}\n"
    ),
}
"""A chart that prints which release it is and all of its values."""

ENVIRONMENTS = ("east", "west")
_KEYS = ("labels", "commonEnv", "replicas", "tier", "limits", "image")
_ENV_KEYS = ("region", "size", "agent", "zones", "installed")


@dataclass(slots=True)
class Case:
    """One repo, run in one environment."""

    seed: int
    environment: str
    files: Mapping[str, str]
    answer: dict[str, Any] | None = field(default=None)
    """The values of each release by `namespace/name`; None where Helmfile gives up."""


class Maker:
    """Makes one random repo; the same seed gives the same repo."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.files: dict[str, str] = dict(CHART)
        self.names: list[str] = []

    def one_in(self, number: int) -> bool:
        """True once in so many times."""
        return self.random.randrange(number) == 0

    def repo(self) -> dict[str, str]:
        """The files."""
        folder = self.random.choice(("", "svc/tide"))
        prefix = f"{folder}/" if folder else ""
        up = "../" * len([part for part in folder.split("/") if part])
        parts: list[str] = []
        head = self._head(prefix)
        if head:
            parts.append(head)
        if self.one_in(4):
            parts.append(self._head(prefix) or "values: [{more: 1}]\n")
        parts.append(self._releases(prefix, up))
        if self.one_in(6):
            parts[-1] += self._taken_in(prefix, up)
        self.files[f"{prefix}helmfile.yaml"] = "---\n".join(parts)
        return self.files

    # -- values ------------------------------------------------------------------------------------------

    def scalar(self) -> Any:
        """A scalar of a values file."""
        return self.random.choice((1, 0, 64, True, False, "text", "", "1e3", "2048", "on", 1.5, "a,b", None))

    def data(self, depth: int = 0) -> Any:
        """Any value."""
        what = self.random.randrange(8)
        if what == 0 and depth < 2:
            return [self.data(depth + 1) for _ in range(self.random.randrange(3))]
        if what < 3 and depth < 2:
            return {key: self.data(depth + 1) for key in self._some(("a", "b", "c"))}
        return self.scalar()

    def values(self) -> dict[str, Any]:
        """The values of one layer of a release."""
        out: dict[str, Any] = {}
        for key in self._some(_KEYS):
            if key == "commonEnv":
                out[key] = [{"name": name, "value": str(self.random.randrange(99))} for name in self._some(("P", "T"))]
                if self.one_in(8):
                    out[key] = None
            else:
                out[key] = self.data()
        return out

    def _some(self, choices: Sequence[str]) -> list[str]:
        return [each for each in choices if self.random.randrange(2)]

    # -- the part before the releases ----------------------------------------------------------------------

    def _head(self, prefix: str) -> str:
        lines: list[str] = []
        if self.one_in(4):
            lines.append(f"bases: [{', '.join(self._base(prefix) for _ in range(1 + self.one_in(4)))}]")
        if self.one_in(3):
            lines.append("values:")
            lines += [f"  - {json.dumps(self._environment_values())}" for _ in range(1 + self.one_in(2))]
        if not self.one_in(4) or not lines:
            lines.append("environments:")
            for name in ENVIRONMENTS:
                lines += self._environment(name, prefix)
        return "\n".join(lines) + "\n"

    def _environment(self, name: str, prefix: str) -> list[str]:
        lines = [f"  {name}:"]
        if self.one_in(6):
            lines.append("    missingFileHandler: Warn")
        lines.append("    values:")
        lines.append(f"      - {json.dumps(self._environment_values(always=True))}")
        for _ in range(self.random.randrange(3)):
            if self.one_in(2):
                lines.append(f"      - {json.dumps(self._environment_values())}")
            else:
                path = f"env/{name}{self.random.randrange(2)}.yaml"
                text = json.dumps(self._environment_values())
                if self.one_in(3):
                    path += ".gotmpl"
                    text = (
                        'region: {{ .Environment.Name }}-gen\nsize: {{ eq .Environment.Name "east" | ternary 3 4 }}\n'
                    )
                    text = text.replace(
                        '{{ eq .Environment.Name "east" | ternary 3 4 }}', "{{ len .Environment.Name }}"
                    )
                if not self.one_in(12):
                    self.files[f"{prefix}{path}"] = text
                lines.append(f"      - {path}")
        return lines

    def _environment_values(self, *, always: bool = False) -> dict[str, Any]:
        out: dict[str, Any] = {}
        if always:
            out = {"region": "r1", "agent": {"enabled": True, "size": 2}, "installed": ["main", "canary"]}
        for key in self._some(_ENV_KEYS):
            if key == "agent":
                out[key] = {
                    "enabled": bool(self.random.randrange(4)),
                    **({"extra": self.data(1)} if self.one_in(2) else {}),
                }
            elif key == "installed":
                out[key] = self._some(("main", "canary", "etl"))
            elif key == "region":
                out[key] = self.random.choice(("r1", "r2"))
            else:
                out[key] = self.data()
        return out

    def _base(self, prefix: str) -> str:
        path = self.random.choice(("base.yaml", "bases/more.yaml"))
        lines: list[str] = []
        if self.one_in(2):
            lines.append("environments:")
            for name in ENVIRONMENTS:
                lines += [f"  {name}:", f"    values: [{json.dumps(self._environment_values(always=True))}]"]
        if self.one_in(2):
            lines.append(f"values: [{json.dumps(self._environment_values())}]")
        if self.one_in(2):
            lines.append("templates: {basic: {namespace: from-base, values: [{tier: base}]}}")
        self.files[f"{prefix}{path}"] = "\n".join(lines) + "\n" if lines else "helmDefaults: {wait: true}\n"
        return path

    # -- releases --------------------------------------------------------------------------------------------

    def _releases(self, prefix: str, up: str) -> str:
        lines: list[str] = []
        anchored = self.one_in(2)
        templates = self.one_in(3)
        if anchored or templates:
            lines.append("templates:")
        if anchored:
            lines += ["  default: &default", *self._body(prefix, up, "    ", chart=True)]
        if templates:
            lines += ["  shared:", *self._body(prefix, up, "    ", chart=False)]
            if self.one_in(3):
                lines += ["  more:", "    inherit: [{template: shared}]", "    values: [{tier: more}]"]
        lines.append("releases:")
        for name in ["main", *self._some(("canary", "etl"))]:
            lines.append(f"  - name: {self._name(name)}")
            if anchored and not self.one_in(4):
                lines.append("    <<: *default")
                if self.one_in(40):  # Helmfile refuses a key that an anchor has too
                    lines += self._values_list(prefix, "    ")
            else:
                lines += self._body(prefix, up, "    ", chart=True)
            if templates and not self.one_in(3):
                wanted = "more" if any(line == "  more:" for line in lines) and self.one_in(2) else "shared"
                left_out = ", except: [values]" if self.one_in(5) else ""
                lines.append(f"    inherit: [{{template: {wanted}{left_out}}}]")
        return "\n".join(lines) + "\n"

    def _name(self, name: str) -> str:
        return self.random.choice((name, name, name, f'"{name}-{{{{ .Environment.Name }}}}"'))

    def _body(self, prefix: str, up: str, margin: str, *, chart: bool) -> list[str]:
        lines: list[str] = []
        if chart:
            lines.append(f"{margin}chart: {up or './'}charts/agent")
        if not self.one_in(3):
            namespace = self.random.choice(
                ("tide", "tide", "'{{ .Environment.Name }}-ns'", "'ns-{{`{{ .Release.Name }}`}}'")
            )
            lines.append(f"{margin}namespace: {namespace}")
        if not self.one_in(4):
            lines.append(
                f"{margin}missingFileHandler: {self.random.choice(('Warn', 'Warn', 'Info', 'Debug', 'Error'))}"
            )
        lines += self._switch(margin)
        lines += self._values_list(prefix, margin)
        if self.one_in(4):
            lines.append(f"{margin}set:")
            for _ in range(1 + self.one_in(3)):
                lines.append(f"{margin}  - {json.dumps(self._option())}")
        if self.one_in(8):
            lines.append(f"{margin}setTemplate:")
            lines.append(f"{margin}  - {{name: image, value: '{{{{`{{{{ .Release.Name }}}}`}}}}'}}")
        if self.one_in(6):
            lines.append(f"{margin}valuesTemplate:")
            lines.append(f"{margin}  - image: 'x-{{{{`{{{{ .Release.Name }}}}`}}}}'")
        return lines

    def _switch(self, margin: str) -> list[str]:
        what = self.random.randrange(8)
        if what == 0:
            return [f"{margin}installed: {self.random.choice(('true', 'false'))}"]
        if what == 1:
            return [f"{margin}condition: agent.enabled"]
        if what == 2:
            return [f"{margin}installedTemplate: '{{{{`{{{{ has .Release.Name .Values.installed }}}}`}}}}'"]
        return []

    def _option(self) -> dict[str, Any]:
        path = self.random.choice(("replicas", "limits.cpu", "commonEnv[0].value", "labels.team", "tier", "zones[1]"))
        if self.one_in(5):
            return {"name": path, "values": ["a", "b,c", "3"]}
        return {"name": path, "value": self.random.choice(("5", "true", "x,y", "{a}", "null", "012", "text", ""))}

    def _values_list(self, prefix: str, margin: str) -> list[str]:
        lines = [f"{margin}values:"]
        for _ in range(1 + self.random.randrange(4)):
            what = self.random.randrange(10)
            if what < 3:
                lines.append(
                    f"{margin}  - {self._file(prefix, self.random.choice(('common', 'values', 'more')) + '.yaml')}"
                )
            elif what == 3:
                for name in ENVIRONMENTS:
                    self._file(prefix, f"values-{name}.yaml", rarely=True)
                lines.append(f"{margin}  - values-{{{{ .Environment.Name }}}}.yaml")
            elif what == 4:
                for name in ("main", "canary", "etl"):
                    self._file(prefix, f"values-{name}.yaml", rarely=True)
                lines.append(f"{margin}  - values-{{{{`{{{{ .Release.Name }}}}`}}}}.yaml")
            elif what == 5:
                self.files[f"{prefix}made.yaml.gotmpl"] = self._template()
                lines.append(f"{margin}  - made.yaml.gotmpl")
            elif what == 6:
                lines.append(f"{margin}  - tier: '{{{{ .Environment.Name }}}}'")
                lines.append(f"{margin}    replicas: {{{{ .Values.region | quote }}}}")
            else:
                lines.append(f"{margin}  - {json.dumps(self.values())}")
        return lines

    def _template(self) -> str:
        lines = ["tier: {{ .Release.Name }}"]
        if self.one_in(2):
            lines.append(
                'labels:\n  region: {{ .Values.region | quote }}\n  ns: {{ .Release.Namespace | default "none" }}'
            )
        if self.one_in(2):
            lines.append('{{- if eq .Environment.Name "east" }}\nreplicas: 3\n{{- else }}\nreplicas: 4\n{{- end }}')
        if self.one_in(3):
            lines.append("image:\n{{ .Values.agent | toYaml | indent 2 }}")
        if self.one_in(3):
            lines.append("zones:\n{{- range .Values.installed }}\n- {{ . }}\n{{- end }}")
        return "\n".join(lines) + "\n"

    def _file(self, prefix: str, path: str, *, rarely: bool = False) -> str:
        if f"{prefix}{path}" not in self.files and not self.one_in(3 if rarely else 12):
            text = json.dumps(self.values()) + "\n"
            self.files[f"{prefix}{path}"] = text if not self.one_in(6) else text + "---\nlabels: {second: document}\n"
        return path

    def _taken_in(self, prefix: str, up: str) -> str:
        other = Maker(self.random.randrange(1_000_000))
        head = other._head(prefix) if not self.one_in(3) else ""
        body = other._releases(prefix, up)
        for name in ("main", "canary", "etl"):
            body = body.replace(f"name: {name}\n", f"name: sub-{name}\n").replace(
                f'name: "{name}-', f'name: "sub-{name}-'
            )
        self.files = {**other.files, **self.files}
        self.files[f"{prefix}sub.yaml"] = (head + "---\n" if head else "") + body
        how = self.random.choice(
            ("sub.yaml", "{path: sub.yaml}", "{path: sub.yaml, values: [{region: r9}]}",
             "{path: sub.yaml, selectors: [name=sub-main]}",
             "{path: sub.yaml, selectors: ['name=sub-etl,namespace!=tide']}")
        )  # fmt: skip
        return f"helmfiles:\n  - {how}\n"


def case(seed: int) -> Case:
    """The case of a seed."""
    maker = Maker(seed)
    files = maker.repo()
    return Case(seed, maker.random.choice(ENVIRONMENTS), files)
