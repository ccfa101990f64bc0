"""Kustomizations: what a build makes of bases, components, patches and generators, each value with its place."""

from __future__ import annotations

from rea_xcom_tui.layouts.kustomize.finding import find

__all__ = ["find"]
