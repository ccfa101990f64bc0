"""Patches as kustomize applies them to an object without a schema, such as a HelmRelease."""

from __future__ import annotations

from rea_xcom_tui.values.merged import Merged, Part


def strategic(under: Merged, over: Merged) -> Merged:
    """A strategic merge patch without a schema: mappings deeply, lists whole, a null takes the key away."""
    raise NotImplementedError


def json_patched(root: Merged, part: Part) -> Merged:
    """The tree after the operations of a JSON patch. Raises `MergeFailed` for one that does not fit."""
    raise NotImplementedError
