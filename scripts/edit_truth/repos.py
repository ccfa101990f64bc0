"""Random small fleets of Flux, kustomize and Helmfile, whose deployments share layers as real ones do."""

from __future__ import annotations

from dataclasses import replace

from scripts.helmfile_truth.cases import CHART as CHART_FILES

from .fleets import CHART, Fleet, Maker, Piece

CLUSTERS = ("dev", "prod")
LAYOUTS = ("flux", "kustomize", "helmfile")
_RELEASE = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: {name}\n"
_SOURCE = f"""\
  chart:
    spec:
      chart: {CHART}
      sourceRef: {{kind: HelmRepository, name: astronomer}}
"""
_FROM = "  valuesFrom:\n    - kind: ConfigMap\n      name: common-values\n"
_KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"


def indented(text: str, by: int) -> str:
    """A text with every line indented."""
    return "".join(" " * by + line for line in text.splitlines(keepends=True))


class Repos(Maker):
    """Makes them; the same seed makes the same. A deployment is named by its release and its cluster or environment."""

    def fleet(self) -> Fleet:
        """A fleet of one of the layouts."""
        names = ["etl", "ml", "billing"][: self.random.choice((2, 2, 3))]
        layout = self.random.choice(LAYOUTS)
        if layout == "flux":
            return self._flux(names)
        return self._charts(names) if layout == "kustomize" else self._helmfile(names)

    # -- Flux ------------------------------------------------------------------------------------------

    def _flux(self, names: list[str]) -> Fleet:
        """A HelmRelease for each name, patched in each cluster; a patch for all of a cluster, and a ConfigMap that a
        generator makes of a file, in some."""
        files: dict[str, str] = {}
        stacks: dict[str, tuple[Piece, ...]] = {}
        common = self.chance(0.4)
        if common:
            files["common/values.yaml"] = self.values()
        for name in names:
            text = _RELEASE.format(name=name) + "spec:\n  interval: 5m\n" + _SOURCE + (_FROM if common else "")
            files[f"apps/{name}/release.yaml"] = text + "  values:\n" + indented(self.values(full=True), 4)
            files[f"apps/{name}/kustomization.yaml"] = _KUSTOMIZATION + "resources:\n  - release.yaml\n"
        for cluster in CLUSTERS[: self.random.choice((1, 2, 2))]:
            folder = f"clusters/{cluster}"
            text = _KUSTOMIZATION + f"namespace: {cluster}\nresources:\n"
            text += "".join(f"  - ../../apps/{name}\n" for name in names)
            patches, of_all = "", []
            if self.chance(0.5):
                files[f"{folder}/all.yaml"] = _RELEASE.format(name="any") + self._patched()
                patches += "  - path: all.yaml\n    target:\n      kind: HelmRelease\n"
                of_all = [Piece(f"{folder}/all.yaml")]
            for name in names:
                shared = [Piece("common/values.yaml")] if common else []
                own = [Piece(f"apps/{name}/release.yaml"), *of_all]
                if self.chance(0.6):
                    files[f"{folder}/{name}.yaml"] = _RELEASE.format(name=name) + self._patched()
                    patches += f"  - path: {name}.yaml\n"
                    own.append(Piece(f"{folder}/{name}.yaml"))
                elif self.chance(0.4):
                    patches += "  - patch: |-\n" + indented(_RELEASE.format(name=name) + self._patched(), 6)
                    own.append(Piece(f"{folder}/kustomization.yaml"))
                stacks[f"{name}@{cluster}"] = (*shared, *own)
            text += f"patches:\n{patches}" if patches else ""
            if common:
                text += "configMapGenerator:\n  - name: common-values\n    files:\n"
                text += (
                    "      - values.yaml=../../common/values.yaml\n    options:\n      disableNameSuffixHash: true\n"
                )
            files[f"{folder}/kustomization.yaml"] = text
        return Fleet(files, stacks=stacks, layout="flux")

    def _patched(self) -> str:
        return "spec:\n  values:\n" + indented(self.values(), 4)

    # -- kustomize -------------------------------------------------------------------------------------

    def _charts(self, names: list[str]) -> Fleet:
        """A kustomization for each name that renders the chart, with files that all have and values of its own."""
        files = {"common/base.yaml": self.values(full=True), "common/more.yaml": self.values()}
        stacks: dict[str, tuple[Piece, ...]] = {}
        for name in names:
            folder = f"apps/{name}"
            entry = f"  - name: {CHART}\n    repo: https://charts.example.com\n    version: 2.0.0\n"
            entry += f"    releaseName: {name}\n    namespace: agents\n"
            pieces: list[Piece] = []
            if self.chance(0.7):
                entry += "    valuesFile: ../../common/base.yaml\n"
                pieces.append(Piece("common/base.yaml"))
            else:
                files[f"{folder}/values.yaml"] = self.values(full=True)
                entry += "    valuesFile: values.yaml\n"
                pieces.append(Piece(f"{folder}/values.yaml"))
            if self.chance(0.4):
                entry += "    valuesInline:\n" + indented(self.values(), 6)
                pieces.append(Piece(f"{folder}/kustomization.yaml"))
                if self.chance(0.3):
                    entry += f"    valuesMerge: {self.random.choice(('merge', 'override', 'replace'))}\n"
            more = ["../../common/more.yaml"] if self.chance(0.5) else []
            if self.chance(0.5):
                files[f"{folder}/own.yaml"] = self.values()
                more.append("own.yaml")
            if more:
                entry += "    additionalValuesFiles:\n" + "".join(f"      - {path}\n" for path in more)
                pieces += [Piece("common/more.yaml" if "more" in path else f"{folder}/own.yaml") for path in more]
            files[f"{folder}/kustomization.yaml"] = f"{_KUSTOMIZATION}helmCharts:\n{entry}"
            stacks[name] = tuple(pieces)
        return Fleet(files, stacks=stacks, layout="kustomize")

    # -- Helmfile --------------------------------------------------------------------------------------

    def _helmfile(self, names: list[str]) -> Fleet:
        """Releases in environments, out of a base, a file of the environment, one of their own, and values within."""
        made = Fleet({**CHART_FILES, "base.yaml": self.values(full=True)}, layout="helmfile")
        environments = CLUSTERS[: self.random.choice((1, 2, 2))]
        for env in environments:
            made.files[f"env/{env}.yaml"] = self.values()
        text = "environments:\n" + "".join(f"  {env}: {{}}\n" for env in environments) + "---\nreleases:\n"
        stacks: dict[str, tuple[Piece, ...]] = {}
        for name in names:
            text += (
                f"  - name: {name}\n    namespace: agents\n    chart: ./charts/agent\n    values:\n      - base.yaml\n"
            )
            of_env, own, inline, option = (self.chance(share) for share in (0.7, 0.6, 0.25, 0.15))
            text += "      - env/{{ .Environment.Name }}.yaml\n" if of_env else ""
            if own:
                made.files[f"own/{name}.yaml"] = self.values()
                text += f"      - own/{name}.yaml\n"
            if inline:
                text += "      -" + indented(self.values(), 8)[7:]
            if option:
                text += "    set:\n      - name: commonEnv[0].value\n        value: s3://param/x\n"
            for env in environments:
                pieces = ["base.yaml", *([f"env/{env}.yaml"] if of_env else []), *([f"own/{name}.yaml"] if own else [])]
                stacks[f"{name}@{env}"] = tuple(map(Piece, pieces))
        made.files["helmfile.yaml"] = text
        return replace(made, stacks=stacks)
