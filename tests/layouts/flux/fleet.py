"""A small Flux fleet: clusters, a base of Kustomizations, apps with overlays."""

from __future__ import annotations

BACKEND = "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend"
PATH = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH"
THRESHOLD = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD"


def kustomization(*resources: str, more: str = "") -> str:
    """A kustomization with these resources."""
    listed = "".join(f"- {path}\n" for path in resources)
    return f"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n{listed}{more}"


def flux(name: str, path: str, more: str = "") -> str:
    """A Flux Kustomization; `more` is added to its spec."""
    return (
        f"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: {name}\n"
        f"  namespace: flux-system\nspec:\n  interval: 10m\n  path: {path}\n"
        f"  sourceRef:\n    kind: GitRepository\n    name: flux-system\n{more}"
    )


def release(name: str, values: str, more: str = "", *, namespace: str = "") -> str:
    """A HelmRelease of the agent's chart; `values` are indented already."""
    where = f"  namespace: {namespace}\n" if namespace else ""
    return (
        f"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: {name}\n{where}spec:\n"
        "  interval: 5m\n  chart:\n    spec:\n      chart: astro-remote-execution-agent\n      version: 2.3.3\n"
        f"      sourceRef:\n        kind: HelmRepository\n        name: charts\n{more}  values:\n{values}"
    )


def env(path: str, threshold: str, team: str = "") -> str:
    """commonEnv with the two variables of XCom."""
    first = f"    - name: TEAM\n      value: {team}\n" if team else ""
    return (
        f"    commonEnv:\n{first}    - name: {PATH}\n      value: {path}\n"
        f"    - name: {THRESHOLD}\n      value: {threshold}\n"
    )


def fleet() -> dict[str, str]:
    """Three clusters over two environments, each with the same two releases."""
    files = {
        "clusters/base/kustomization.yaml": kustomization(
            "../../apps/step.yaml",
            more="patches:\n- path: defaults.yaml\n  target:\n    kind: Kustomization\n"
            "    annotationSelector: example.com/defaults != off\n",
        ),
        "clusters/base/defaults.yaml": (
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: any\n"
            "  namespace: flux-system\nspec:\n  patches:\n  - target:\n      kind: HelmRelease\n    patch: |\n"
            "      apiVersion: helm.toolkit.fluxcd.io/v2\n      kind: HelmRelease\n      metadata:\n        name: any\n"
            "      spec:\n        values:\n          labels:\n            cluster: ${CLUSTER}\n"
        ),
        "apps/step.yaml": flux(
            "apps", "./apps/${ENVIRONMENT}", "  postBuild:\n    substitute:\n      ENVIRONMENT: ${ENVIRONMENT}\n"
        ),
        "apps/reef/reef.yaml": release(
            "agent-reef", f"    xcomBackend: {BACKEND}\n" + env("s3://reef-${ENVIRONMENT}/xcom", "'2048'", "reef")
        ),
        "apps/reef/live.yaml": (
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
            "metadata:\n  name: agent-reef\nspec:\n  values:\n" + env("s3://reef-live/xcom", "'0'")
        ),
        "apps/dune/dune.yaml": release(
            "agent-dune",
            f"    xcomBackend: {BACKEND}\n" + env("s3://dune-${ENVIRONMENT}/xcom", '"${LIMIT:=4096}"', "dune"),
        ),
        "apps/base/kustomization.yaml": kustomization(
            "../reef/reef.yaml", "../dune/dune.yaml", more="namespace: agents\n"
        ),
        "apps/uat/kustomization.yaml": kustomization("../base", more="namespace: agents-uat\n"),
        "apps/live/kustomization.yaml": kustomization("../base", more="patches:\n- path: ../reef/live.yaml\n"),
    }
    for folder, environment in (("uat/a", "uat"), ("live/a", "live"), ("live/b", "live")):
        here = f"clusters/{folder}"
        files[f"{here}/kustomization.yaml"] = kustomization("../../base", "sync.yaml")
        files[f"{here}/sync.yaml"] = flux(
            "flux-system",
            f"./{here}",
            "  postBuild:\n    substitute:\n"
            f"      ENVIRONMENT: {environment}\n      CLUSTER: {folder.replace('/', '-')}\n",
        )
    return files
