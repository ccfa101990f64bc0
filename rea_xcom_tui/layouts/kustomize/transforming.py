"""The transformations of a kustomization that name and label objects: namespace, prefix, suffix, labels."""

from __future__ import annotations

from dataclasses import replace

from rea_xcom_tui.layouts.kustomize.built import Extra, Work
from rea_xcom_tui.layouts.kustomize.files import KustomizationFile
from rea_xcom_tui.layouts.kustomize.objects import Place, is_namespaced
from rea_xcom_tui.layouts.kustomize.patching import NewPart
from rea_xcom_tui.layouts.model import Problem
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.merged import Made


def transform(work: Work, file: KustomizationFile, extra: Extra | None, new_part: NewPart) -> None:
    """Apply to all objects of a build what the kustomization, and whoever adds to it, says of their metadata."""
    namespace = (extra.namespace if extra is not None else "") or file.text("namespace")
    prefix = (extra.prefix if extra is not None else "") or file.text("namePrefix")
    suffix = (extra.suffix if extra is not None else "") or file.text("nameSuffix")
    labels: dict[str, str] = {}
    for entry in file.items("labels"):
        labels.update(entry.texts_of("pairs"))
    labels.update(file.texts("commonLabels"))
    annotations = file.texts("commonAnnotations")
    if extra is not None:
        labels.update(extra.labels)
        annotations.update(extra.annotations)
    if not (namespace or prefix or suffix or labels or annotations):
        return
    part = new_part(Place(file.file), "merge", Made(None))
    for at, found in enumerate(work.objects):
        if namespace and is_namespaced(found.id):
            found = found.with_metadata({"namespace": namespace}, part)
        if prefix or suffix:
            found = found.with_metadata({"name": f"{prefix}{found.name}{suffix}"}, part)
        if labels:
            found = found.with_metadata({"labels": labels}, part)
        if annotations:
            found = found.with_metadata({"annotations": annotations}, part)
        work.objects[at] = found
    if namespace or prefix or suffix:
        _refuse_twins(work, file)
    if namespace:
        work.charts = [use if use.namespace else replace(use, namespace=namespace) for use in work.charts]


def _refuse_twins(work: Work, file: KustomizationFile) -> None:
    """Make a problem of objects that a transformation has given one identity; kustomize refuses them."""
    seen = set()
    for found in work.objects:
        if found.id.effective in seen:
            named = clean(f"{found.kind} {found.name} in namespace {found.namespace or 'default'}", 200)
            key = "namespace" if file.text("namespace") else "namePrefix"
            entry = next(iter(file.items(key)), None)
            line = entry.node.line if entry is not None else 0
            work.problems.append(Problem(f"Two objects become the {named}; kustomize refuses that.", file.file, line))
        seen.add(found.id.effective)
