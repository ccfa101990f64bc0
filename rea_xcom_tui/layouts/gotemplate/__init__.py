"""A small, bounded reader of Go templates, as Helm charts and Argo CD's ApplicationSets use them.

It evaluates what it knows exactly as Go does, and says `Unsupported` about everything else: it never guesses.
"""

from __future__ import annotations

from rea_xcom_tui.layouts.gotemplate.chart import HELM, render_chart
from rea_xcom_tui.layouts.gotemplate.errors import Failed, TemplateError, TooMuch, Unsupported
from rea_xcom_tui.layouts.gotemplate.evaluate import Renderer, Rules

__all__ = ["HELM", "Failed", "Renderer", "Rules", "TemplateError", "TooMuch", "Unsupported", "render_chart"]
