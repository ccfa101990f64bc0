"""Random small fleets whose deployments share layers, weighted as real ones are, and what Helm is given for each."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field, replace

import yaml

from rea_xcom_tui.fleet.model import Deployment

CHART = "astro-remote-execution-agent"
IO = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_"
BACKEND = "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend"
TEXTS = {
    "path": ("s3://one/xcom", "s3://two/x", "gs://three/xcom", "abfs://four@acc/x"),
    "threshold": ("0", "1024", "65536", "-1"),
    "compression": ("zip", "gzip", "xz"),
    "backend": (BACKEND, "company.xcom.Backend"),
}
_CONFIG = """\
[[layouts.manifests]]
files = "agents.yaml"
items = "agents"
layers = ["{item.values}"]
name = "{item.name}"
env = "{item.env}"
chart = "astro-remote-execution-agent"
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """One layer as Helm is to be given it: a file, a part of one, or an option."""

    file: str
    keys: tuple[str, ...] = ()
    """Where in the first document of the file the values stand, for a layer that is no file of its own."""
    option: str = ""
    """The path of a `--set`, whose value stands at `keys`."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """The files of a repo, its links, and the stack of each deployment by its name."""

    files: dict[str, str]
    links: dict[str, str] = field(default_factory=dict)
    stacks: dict[str, tuple[Piece, ...]] = field(default_factory=dict)
    layout: str = ""
    """Whose engine is asked: flux, kustomize or helmfile; empty for Helm with what `given` gives."""

    def called(self, row: Deployment) -> str:
        """The name of a deployment in `stacks`."""
        if self.layout in ("flux", "helmfile"):
            return f"{row.name}@{row.cluster if self.layout == 'flux' else row.env}"
        return row.name

    def given(self, name: str) -> tuple[list[str], list[list[str]]]:
        """What Helm is given for a deployment: the texts of its values files, and its options."""
        texts: list[str] = []
        options: list[list[str]] = []
        for piece in self.stacks[name]:
            text = self.files[self.links.get(piece.file, piece.file)]
            if not piece.keys:
                texts.append(text)
                continue
            node = yaml.load(text, yaml.BaseLoader)
            for key in piece.keys:
                node = node[int(key) if isinstance(node, list) else key]
            if piece.option:
                options.append(["set", piece.option, str(node).replace(",", "\\,")])
            elif isinstance(node, str):
                texts.append(node)
            else:
                texts.append(_document_of(text, piece.keys))
        return texts, options


def _document_of(text: str, keys: tuple[str, ...]) -> str:
    """The mapping below some keys of a block-style document, as a document of its own with its scalars untouched."""
    lines = text.split("\n")
    start = next(at for at, line in enumerate(lines) if line.strip() == f"{keys[-1]}:")
    indent = len(lines[start]) - len(lines[start].lstrip())
    inner: list[str] = []
    for line in lines[start + 1 :]:
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        inner.append(line[indent + 2 :])
    return "\n".join(inner) + "\n"


class Maker:
    """Makes random fleets; the same seed makes the same."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._base: list[tuple[str, str]] = []
        """The entries of the list in the base."""

    def chance(self, share: float) -> bool:
        """True in this share of calls."""
        return self.random.random() < share

    def fleet(self) -> Fleet:
        """Two to four deployments over a base that all share, environments that some share, and files of their own."""
        names = ["etl", "ml", "billing", "events"][: self.random.choice((2, 2, 3, 4))]
        made = Fleet({"base.yaml": self.values(full=True)})
        for env in ("dev", "prod"):
            made.files[f"env/{env}.yaml"] = self.values() if self.chance(0.8) else "# nothing of its own\n"
        if self.chance(0.2):
            made.links["linked.yaml"] = "base.yaml"
        if self.chance(0.15):
            made.files["secret.yaml"] = (
                "licence: ENC[AES256_GCM,data:aa,iv:bb,tag:cc,type:str]\nsops:\n  version: 3.9.0\n  mac: x\n"
            )
        maker = self._applications if self.chance(0.6) else self._manifest
        return maker(made, names)

    def _shared(self, made: Fleet, name: str) -> list[str]:
        """The values files of a deployment, weakest first."""
        files = ["linked.yaml" if made.links and self.chance(0.5) else "base.yaml"]
        if self.chance(0.8):
            files.append(f"env/{self.random.choice(('dev', 'prod'))}.yaml")
        if self.chance(0.7):
            made.files[f"own/{name}.yaml"] = self.values()
            files.append(f"own/{name}.yaml")
        if "secret.yaml" in made.files and self.chance(0.5):
            files.insert(self.random.randrange(len(files) + 1), "secret.yaml")
        return files

    def _manifest(self, made: Fleet, names: list[str]) -> Fleet:
        items = []
        stacks = {}
        for name in names:
            files = self._shared(made, name)
            stacks[name] = tuple(Piece(file) for file in files)
            items.append(f"  - {{name: {name}, env: prod, values: {json.dumps(files)}}}\n")
        made.files["agents.yaml"] = "agents:\n" + "".join(items)
        made.files[".rea-xcom-tui.toml"] = _CONFIG
        return replace(made, stacks=stacks)

    def _applications(self, made: Fleet, names: list[str]) -> Fleet:
        stacks = {}
        for name in names:
            files = self._shared(made, name)
            pieces = [Piece(file) for file in files]
            own = f"apps/{name}.yaml"
            helm = "".join(f"          - $values/{file}\n" for file in files)
            text = f"        valueFiles:\n{helm}"
            at = ("spec", "sources", "0", "helm")
            if self.chance(0.25):
                text += "        values: |\n" + _indented(self.values(), 10)
                pieces.append(Piece(own, (*at, "values")))
            elif self.chance(0.3):
                text += "        valuesObject:\n" + _indented(self.values(), 10)
                pieces.append(Piece(own, (*at, "valuesObject")))
            if self.chance(0.15):
                text += "        parameters:\n          - name: commonEnv[0].value\n            value: s3://param/x\n"
                pieces.append(Piece(own, (*at, "parameters", "0", "value"), "commonEnv[0].value"))
            made.files[own] = _APPLICATION.format(name=name, chart=CHART, helm=text)
            stacks[name] = tuple(pieces)
        return replace(made, stacks=stacks)

    def values(self, *, full: bool = False) -> str:
        """A layer's values, never nothing at all."""
        out = ""
        if full or self.chance(0.2):
            out += f"xcomBackend: {self.random.choice(TEXTS['backend'])}\n"
        elif self.chance(0.05):
            out += "xcomBackend: null\n"
        if full or self.chance(0.45):
            out += self._environment(full=full)
        elif self.chance(0.1):
            out += self.random.choice(("commonEnv: []\n", "commonEnv: null\n"))
        for key in self.random.sample(("labels", "image", "workers", "extra"), self.random.randrange(3)):
            out += self._other(key)
        return out or f"replicas: {self.random.randrange(5)}\n"

    def _environment(self, *, full: bool) -> str:
        fields = [name for name in ("path", "threshold", "compression") if full or self.chance(0.6)]
        entries = [(IO + name.upper(), self.random.choice(TEXTS[name])) for name in fields]
        entries += [(name, "x") for name in ("TEAM", "REGION", "POOL") if self.chance(0.4)]
        self.random.shuffle(entries)
        entries = entries or [("TEAM", "x")]
        if full:
            self._base = entries
        elif self._base and self.chance(0.35):
            entries = self._repeated()
        if self.chance(0.1):
            inner = ", ".join(f"{{name: {name}, value: {json.dumps(value)}}}" for name, value in entries)
            return f"commonEnv: [{inner}]\n"
        dash = self.random.choice(("", "  "))
        note = "  # why" if self.chance(0.2) else ""
        return "commonEnv:\n" + "".join(
            f"{dash}- name: {name}\n{dash}  value: {self._quoted(name, value)}{note}\n" for name, value in entries
        )

    def _repeated(self) -> list[tuple[str, str]]:
        """The base's list once more, as an override has it that is about one of its entries, or about none any more."""
        entries = list(self._base)
        number = self.random.randrange(len(entries))
        name, value = entries[number]
        texts = TEXTS.get(name.rpartition("_")[2].lower())
        entries[number] = (name, self.random.choice(texts) if texts else value)
        return entries

    def _quoted(self, name: str, value: str) -> str:
        if name.endswith("THRESHOLD") and self.chance(0.25):
            return value  # a number, which no pod takes and a fix puts into quotes
        return json.dumps(value) if self.chance(0.6) else f"'{value}'"

    def _other(self, key: str) -> str:
        if key == "workers":
            return "workers:\n  - name: default\n    queues: default\n"
        if self.chance(0.15):
            return f"{key}: {self.random.choice(('null', '{}'))}\n"
        return f"{key}:\n  a: {self.random.choice(('1', 'x', 'null', 'yes'))}\n  b: {{c: 2}}\n"


def _indented(text: str, by: int) -> str:
    return "".join(" " * by + line for line in text.splitlines(keepends=True))


_APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {name}
spec:
  destination: {{name: eu, namespace: {name}}}
  sources:
    - repoURL: https://charts.example.com
      chart: {chart}
      targetRevision: 2.0.0
      helm:
{helm}    - repoURL: https://git.example.com/gitops.git
      targetRevision: main
      ref: values
"""
