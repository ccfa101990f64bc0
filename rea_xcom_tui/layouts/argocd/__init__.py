"""Argo CD: Applications, ApplicationSets, and Applications that come out of a chart's templates."""

from __future__ import annotations

from rea_xcom_tui.layouts.argocd.find import find

__all__ = ["find"]
