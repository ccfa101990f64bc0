"""Random small trees of kustomizations: bases, overlays, components, patches and generators."""

from __future__ import annotations

import json
import random
from typing import Any

SCALARS = (
    "1", "'1'", '"x"', "yes", "on", "true", "null", "~", "012", "1e3", "1.0", "2026-01-01", "12:30", "abc", "a b",
    "''", "'null'", "0o14", "1_000", "s3://bucket/path", "|-\n@@line one\n@@line two", "1234567", "0x1F", "'yes'",
)  # fmt: skip
KEYS = ("a", "b", "c", "labels", "commonEnv", "y1", "threshold")
NAMES = ("agent", "tide", "mosaic", "larch", "fern", "dune")


class Build:
    """One random tree of kustomizations; `root` is the folder to build."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.files: dict[str, str] = {}
        self.names: list[str] = []
        self.maps: list[str] = []
        self.root = self._tree()

    def _chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    # -- values ---------------------------------------------------------------------------------------

    def _scalar(self, indent: str) -> str:
        return self.random.choice(SCALARS).replace("@@", indent + "  ")

    def _value(self, indent: str, depth: int = 0) -> str:
        kind = self.random.choice("ssssml" if depth < 3 else "s")
        if kind == "s":
            return " " + self._scalar(indent)
        if kind == "l":
            items = self.random.randrange(4)
            if not items:
                return " []"
            return "".join(f"\n{indent}-{self._item(indent, depth)}" for _ in range(items))
        return self._mapping(indent + "  ", depth + 1)

    def _kind_of_value(self, key: str, indent: str, depth: int) -> str:
        if self._chance(6):
            return self._value(indent, depth)
        if key == "labels":
            return self._mapping(indent + "  ", depth + 1) if depth < 3 else " {}"
        if key == "commonEnv":
            return "".join(f"\n{indent}-{self._item(indent, 2)}" for _ in range(self.random.randrange(1, 4)))
        return " " + self._scalar(indent)

    def _item(self, indent: str, depth: int) -> str:
        if self._chance(50):
            name = self.random.choice(("TEAM", "PATH", "OTHER"))
            return f" name: {name}\n{indent}  value:{self._value(indent + '  ', 3)}"
        return " " + self._scalar(indent)

    def _mapping(self, indent: str, depth: int = 0, *, patch: bool = False) -> str:
        keys = self.random.sample(KEYS, self.random.randrange(0 if depth else 1, 4))
        # Most keys have a kind of their own, since kustomize refuses a patch that puts another kind there.
        lines = [f"\n{indent}{key}:{self._kind_of_value(key, indent, depth)}" for key in keys]
        if patch and self._chance(12):
            lines.append(f"\n{indent}$patch: {self.random.choice(('replace', 'delete', 'merge'))}")
        return "".join(lines) or " {}"

    # -- objects --------------------------------------------------------------------------------------

    def _release(self, name: str) -> str:
        namespace = "\n  namespace: agents" if self._chance(7) else ""
        label = f"\n  labels:\n    tier: {self.random.choice('ab')}" if self._chance(40) else ""
        anchor = "\n    x: &x {p: 1, q: null}\n    y:\n      <<: *x\n      p: 2\n    z: *x" if self._chance(8) else ""
        froms = ""
        if self.maps and self._chance(60):
            froms = f"\n  valuesFrom:\n  - kind: ConfigMap\n    name: {self.random.choice(self.maps)}"
        return (
            f"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: {name}{namespace}{label}\n"
            f"spec:\n  interval: 5m{froms}\n  values:{self._mapping('    ')}{anchor}\n"
        )

    def _config_map(self, name: str) -> str:
        return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  values.yaml: |\n    a: {name}\n"

    def _resource_file(self) -> str:
        free = [name for name in NAMES if name not in self.names]
        name = self.random.choice(free if free and self._chance(97) else NAMES)
        self.names.append(name)
        parts = [self._release(name)]
        if self._chance(20):
            self.maps.append(f"{name}-map")
            parts.append(self._config_map(f"{name}-map"))
        if self._chance(10):
            parts.append(f"apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\n")
        self.random.shuffle(parts)
        return "---\n".join(parts)

    # -- patches --------------------------------------------------------------------------------------

    def _strategic(self, *, targeted: bool) -> str:
        name = (
            "any"
            if targeted and self._chance(60)
            else self.random.choice(self.names if self.names and self._chance(97) else NAMES)
        )
        if self._chance(5):
            body = "$patch: delete\n"
        elif self._chance(10):
            return (
                f"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: {name}\n"
                f"  labels:\n    tier: {self.random.choice('ac')}\n    extra: '1'\n"
            )
        else:
            body = f"spec:\n  values:{self._mapping('    ', patch=True)}\n"
        return f"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: {name}\n{body}"

    def _operations(self) -> str:
        out: list[dict[str, Any]] = []
        for _ in range(self.random.randrange(1, 3)):
            key = self.random.choice(KEYS)
            below = {"labels": ["a", "y1"], "commonEnv": ["0", "-", "0/value", "-1"]}.get(key, [])
            deeper = bool(below) and self._chance(40)
            path = f"/spec/values/{key}" + (f"/{self.random.choice(below)}" if deeper else "")
            op = self.random.choices(("add", "replace", "remove", "test"), (60, 30, 7, 3))[0]
            one: dict[str, Any] = {"op": op, "path": path}
            if op != "remove":
                one["value"] = self.random.choice((1, "x", None, True, {"n": None, "k": "v"}, ["i"], "yes", "012"))
            out.append(one)
        if self._chance(15):
            key, other = self.random.sample(KEYS, 2)
            moves = {"op": self.random.choice(("copy", "move")), "from": f"/spec/values/{key}"}
            out.append({**moves, "path": f"/spec/values/{other}"})
        return json.dumps(out)

    def _target(self, indent: str) -> str:
        lines = ["kind: HelmRelease"] if self._chance(85) else ["group: helm.toolkit.fluxcd.io"]
        if self._chance(30):
            lines.append("name: " + self.random.choice((*NAMES, "ti.*", "a|agent", "mosai", ".*d.*")))
        if self._chance(15):
            lines.append("namespace: " + self.random.choice(("agents", "default", "team")))
        if self._chance(15):
            lines.append(
                "labelSelector: " + self.random.choice(("tier=a", "tier!=a", "tier in (a, b)", "'!tier'", "tier"))
            )
        return "".join(f"\n{indent}{line}" for line in lines)

    def _patch_entry(self, folder: str, at: int) -> str:
        json_patch = self._chance(25)
        targeted = json_patch or self._chance(40)
        text = self._operations() if json_patch else self._strategic(targeted=targeted)
        target = f"\n  target:{self._target('    ')}" if targeted else ""
        if self._chance(50):
            path = f"{folder}/patch-{at}.yaml"
            self.files[path] = text
            return f"- path: patch-{at}.yaml{target}\n"
        body = "".join(f"\n    {line}" for line in text.rstrip("\n").split("\n"))
        return f"- patch: |-{body}{target}\n"

    # -- kustomizations -------------------------------------------------------------------------------

    def _generator(self, folder: str, at: int, existing: list[str]) -> str:
        behavior = self.random.choice(("merge", "replace")) if existing and self._chance(50) else None
        name = self.random.choice(existing) if behavior else f"{folder.rsplit('/', 1)[-1]}-gen{at}"
        lines = [f"- name: {name}"]
        if behavior:
            lines.append(f"  behavior: {behavior}")
        else:
            existing.append(name)
            self.maps.append(name)
        if self._chance(60):
            path = f"{folder}/values-{at}.yaml"
            self.files[path] = f"a:{self._value('', 3)}\nb: <x> & y\n"
            lines.append(f"  files:\n  - {self.random.choice(('values.yaml=', ''))}values-{at}.yaml")
        if self._chance(50):
            lines.append(f"  literals:\n  - k{at}=v\n  - q='{at}'")
        if self._chance(30):
            lines.append("  options:\n    disableNameSuffixHash: true")
        return "\n".join(lines) + "\n"

    def _kustomization(
        self, folder: str, resources: list[str], existing: list[str], *, component: bool = False
    ) -> None:
        kind = "Component" if component else "Kustomization"
        version = "v1alpha1" if component else "v1beta1"
        out = [f"apiVersion: kustomize.config.k8s.io/{version}\nkind: {kind}\n"]
        if resources:
            out.append("resources:\n" + "".join(f"- {path}\n" for path in resources))
        if self._chance(30):
            out.append("configMapGenerator:\n" + "".join(self._generator(folder, at, existing) for at in range(1, 3)))
        if self._chance(10):
            out.append("secretGenerator:\n" + self._generator(folder, 9, []))
        if self._chance(30) or len(out) == 1:
            count = self.random.randrange(1, 3)
            out.append("patches:\n" + "".join(self._patch_entry(folder, at) for at in range(count)))
        if self._chance(12):
            path = f"{folder}/old.yaml"
            self.files[path] = self._strategic(targeted=False)
            out.append("patchesStrategicMerge:\n- old.yaml\n")
        if self._chance(8):
            name = self.random.choice(self.names or NAMES)
            target = "\n  target:\n    group: helm.toolkit.fluxcd.io\n    version: v2\n    kind: HelmRelease"
            target += f"\n    name: {name}"
            out.append(f"patchesJson6902:\n- patch: '{self._operations()}'{target}\n")
        if self._chance(25):
            out.append(f"namespace: {self.random.choice(('team', 'agents'))}\n")
        if self._chance(15):
            out.append("namePrefix: p-\n" if self._chance(70) else "nameSuffix: -s\n")
        if self._chance(15):
            out.append("labels:\n- pairs:\n    tier: a\n" if self._chance(50) else "commonLabels:\n  team: x\n")
        if self._chance(20):
            self.files[f"{folder}/names.yaml"] = (
                "nameReference:\n- kind: ConfigMap\n  version: v1\n  fieldSpecs:\n"
                "  - path: spec/valuesFrom/name\n    kind: HelmRelease\n"
            )
            out.append("configurations:\n- names.yaml\n")
        self.files[f"{folder}/kustomization.yaml"] = "".join(out)

    def _tree(self) -> str:
        existing: list[str] = []
        bases: list[str] = []
        for at in range(self.random.randrange(1, 3)):
            folder = f"base{at}"
            paths = []
            for number in range(self.random.randrange(1, 3)):
                self.files[f"{folder}/r{number}.yaml"] = self._resource_file()
                paths.append(f"r{number}.yaml")
            self._kustomization(folder, paths, existing)
            bases.append(f"../{folder}")
        top = "base0"
        for level in range(self.random.randrange(1, 3)):
            top = f"over{level}"
            resources = list(bases) if level == 0 else [f"../over{level - 1}"]
            if self._chance(25):
                self.files[f"{top}/own.yaml"] = self._resource_file()
                resources.append("own.yaml")
            self._kustomization(top, resources, existing)
            if self._chance(20):
                self._kustomization(f"part{level}", [], existing, component=True)
                self.files[f"{top}/kustomization.yaml"] += f"components:\n- ../part{level}\n"
        return top
