"""Flux: from a cluster's folder over Kustomizations to HelmReleases, each with the layers of its values."""

from __future__ import annotations

from rea_xcom_tui.layouts.flux.finding import find

__all__ = ["find"]
