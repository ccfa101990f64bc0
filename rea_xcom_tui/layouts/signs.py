"""How a repo shows at a glance that it uses a tool: by the name of a file, or by the kind of an object in one.

A repo without any of these signs is never searched for layouts, so that a plain one is read quickly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from rea_xcom_tui.layouts.model import Layout


class Sign(msgspec.Struct, frozen=True):
    """The signs of one layout: regular expressions for whole file names, and the `kind`s of its objects."""

    files: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


SIGNS: Mapping[Layout, Sign] = {
    "argocd": Sign(kinds=("Application", "ApplicationSet")),
    "flux": Sign(kinds=("HelmRelease", "Kustomization", "ResourceSet")),
    "kustomize": Sign((r"kustomization\.ya?ml", "Kustomization"), ("HelmChartInflationGenerator",)),
    "helmfile": Sign((r"helmfile[^/]*\.ya?ml(?:\.gotmpl)?",)),
    "umbrella": Sign((r"Chart\.yaml",)),
    "fleet": Sign((r"fleet\.ya?ml",)),
    "terraform": Sign((r"[^/]+\.tf",)),
}
"""Of every layout but `values`, which is what is left, and `manifest`, which only the configuration tells."""

HELM_EXTRA = "helm_python"
"""The module of the optional extra `helm`."""

_NAMED = re.compile("|".join(name for sign in SIGNS.values() for name in sign.files))
_KIND_ANYWHERE = re.compile(
    rb"kind[\"']?\s*:\s*[\"']?(?:%b)\b" % "|".join(kind for sign in SIGNS.values() for kind in sign.kinds).encode()
)
_KIND = re.compile(rb"^\s*[\"']?" + _KIND_ANYWHERE.pattern, re.MULTILINE)
_RELEASES = b"\nreleases:"
_OF_HELMFILE = re.compile(rb"^(?:repositories|helmDefaults):", re.MULTILINE)


def names_layout(name: str) -> bool:
    """Whether a file of this name, without its folders, is a sign of a layout."""
    return _NAMED.fullmatch(name) is not None


def may_deploy(data: bytes) -> bool:
    """A quick look at the bytes: whether they may hold an object of a tool that deploys charts, or be a helmfile."""
    # A text in front of which nothing may be is found many times faster, and hardly any file has it.
    return (_KIND_ANYWHERE.search(data) and _KIND.search(data)) is not None or reads_as_helmfile(data)


def may_deploy_anywhere(data: bytes) -> bool:
    """Whether what `may_deploy` looks for may be somewhere in some bytes, though not where it has to be."""
    return _KIND_ANYWHERE.search(data) is not None or _RELEASES in data


def reads_as_helmfile(data: bytes) -> bool:
    """Whether a text is a helmfile whatever its file is called, as with `helmfile -f clusters/eu.yaml`: it has
    releases, and what no other file has beside them."""
    return _RELEASES in data and _OF_HELMFILE.search(data) is not None
