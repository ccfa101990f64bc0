"""How many lines of the package do what its first version, 0.1.0, did, and how many each later capability took.

    python -m scripts.size

The first version (commit 98c5ae9) read plain values files of one repo, showed, edited, diffed and committed them, and
found drift. A module counts as later where all that it does serves something that this version could not do, and a rule
where it had no such rule. A module that serves both counts for the first version, so its figure is an upper bound.
`LATER` is kept by hand, and fails where a pattern of it matches no file any more.
"""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "rea_xcom_tui"

LATER = {
    "layers and the tools that deploy them": """
        layouts/argocd/* layouts/flux/* layouts/gotemplate/* layouts/helmfile/* layouts/kustomize/* layouts/terraform/*
        layouts/charts.py layouts/effective.py layouts/find.py layouts/manifest.py layouts/patterns.py layouts/signs.py
        layouts/quick_values.py layouts/rancher.py layouts/referenced.py layouts/suggestions.py layouts/tree.py
        layouts/umbrella.py
        values/charts.py values/kustomized.py values/merged.py values/patches.py values/quick_layers.py
        values/quick_patch.py values/quick_stack.py values/setting.py values/stack.py values/documents.py
        values/emitting.py values/times.py fleet/scan/letting_go.py fleet/scan/suggested.py
        fleet/scan/by_chance.py fleet/scan/kept_layers.py fleet/scan/layer_*.py fleet/scan/layered*.py
        fleet/scan/left_out.py fleet/scan/links.py
        fleet/scan/stacks.py fleet/scan/trees.py fleet/scan/joining.py fleet/edit/extents.py fleet/edit/layer_*.py
        fleet/edit/layers.py fleet/edit/placing.py fleet/edit/reach.py fleet/edit/ways.py fleet/history/layered.py
        gitops/joint_history.py
        tui/changes/in_layers.py tui/file/stack_*.py user/layout_*.py reports/ways.py xcom/rules/layers.py
    """,
    "several repos as one fleet": """
        fleet/drift/whole.py fleet/several.py fleet/together.py fleet/qualified.py fleet/opening.py user/fleets.py
        fleet/edit/several.py fleet/actions/push_all.py tui/changes/push_all_screen.py
    """,
    "campaigns, promotion, onboarding, migration, plans": """
        fleet/campaign/* tui/campaign/* tui/home/campaign_actions.py tui/keys/commands_campaign.py values/cloning.py
        gitops/marked.py
        xcom/promoting.py cli/commands/migrate.py cli/commands/new.py cli/commands/promote.py
        cli/commands/review.py cli/commands/wave.py reports/campaign_schemas.py reports/migration.py
        reports/onboarding.py reports/promotion.py reports/review.py reports/waves.py reports/comment.py
    """,
    "probes": "fleet/probe/* tui/probe/* tui/home/probe_actions.py cli/commands/probe.py reports/probing.py",
    "the language server, and where findings end": "lsp/* cli/commands/lsp.py values/ends.py xcom/outcome.py",
    "what has changed since a branch began, and YAML": "fleet/history/changed_since.py reports/yaml_text.py",
    "the UI in a browser": "cli/browser.py cli/commands/serve.py",
    "a quick reader of plain files, rules that are not asked, views of the cache, and edits in processes": """
        fleet/edit/many.py
        xcom/facts.py xcom/alone.py xcom/shared.py xcom/rules/shape.py xcom/rules/others.py xcom/rules/alike.py
        values/quick.py values/quick_node.py values/section_lines.py values/section_alike.py
        fleet/scan/views.py fleet/scan/showing.py fleet/scan/known_views.py fleet/scan/changed.py
        fleet/scan/shown.py fleet/scan/answers.py fleet/scan/footprint.py tui/home/beforehand.py tui/cells/summary.py
        tui/home/query_line.py fleet/scan/kept_config.py fleet/scan/findings_kept.py
        reports/*_view.py fleet/drift/kept.py fleet/scan/kept_blobs.py fleet/scan/by_another.py gitops/unread.py
        cli/ahead.py cli/kept_check.py fleet/scan/first.py values/sectioned.py gitops/packing.py
        gitops/commit/ahead.py gitops/commit/known.py gitops/commit/summary.py fleet/write/real_paths.py
        fleet/scan/by_bytes.py fleet/scan/moved.py fleet/scan/at_once.py values/bytes_alike.py
    """,
    "stores, the worker's own state, what is encrypted": "xcom/stores.py xcom/sealed.py values/sealed.py",
    "groups of rows, and how values spread": """
        tui/home/grouping.py tui/home/group_lines.py tui/home/spread.py tui/home/overview.py
        tui/drift/spread_lines.py
    """,
    "a values file on the screen, and who wrote its lines": """
        tui/file/lines.py tui/file/screen.py fleet/history/line_origins.py gitops/blame.py
    """,
    "rules of settings that it did not look at": """
        xcom/rules/connection_settings.py xcom/rules/connection_surroundings.py xcom/rules/fleet_names.py
        xcom/rules/identity_names.py xcom/rules/identity_places.py xcom/rules/maintenance.py
        xcom/rules/state_store.py
    """,
    "keys that may follow, told, and texts that can be read in every theme": """
        tui/kit/which_key.py tui/kit/contrast.py
    """,
    "how far a command is, how it is asked to end, and what tells deployments of one name apart": """
        cli/progress.py cli/stopping.py fleet/apart.py tui/cells/apart.py
    """,
    "what a write would do, told beforehand": """
        fleet/edit/outlook.py fleet/actions/foretell.py tui/changes/foreseen.py tui/changes/around.py
    """,
    "schemas, a manual, completion and installing": """
        reports/schema*.py cli/commands/schema.py cli/manual.py cli/complete.py cli/install.py cli/examples.py
        cli/commands/completion.py cli/commands/debug.py reports/debugging.py
    """,
    "partial clones and work trees": "gitops/partial.py gitops/work_tree.py",
}  # fmt: skip

LATER_RULES = frozenset("XC223 XC224 XC225 XC406 XC717 XC718".split())


def lines_of(path: Path) -> int:
    """How many lines a file has."""
    return path.read_text("utf-8").count("\n")


def lines_of_rules(path: Path) -> int:
    """How many lines of a module are rules that came later."""
    found = 0
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and any(_code(one) in LATER_RULES for one in node.decorator_list):
            assert node.end_lineno is not None
            found += node.end_lineno - node.decorator_list[0].lineno + 1
    return found


def _code(decorator: ast.expr) -> object:
    first = decorator.args[0] if isinstance(decorator, ast.Call) and decorator.args else None
    return first.value if isinstance(first, ast.Constant) else None


def measure() -> Counter[str]:
    """Lines by capability, "0.1.0" among them. Raises `ValueError` where a pattern matches nothing."""
    sizes: Counter[str] = Counter()
    left = {path: lines_of(path) for path in PACKAGE.rglob("*.py")}
    for name, patterns in LATER.items():
        for pattern in patterns.split():
            found = [path for path in PACKAGE.glob(pattern) if path.suffix == ".py"]
            if not found:
                raise ValueError(f"{pattern} matches no file; correct it under {name!r}")
            sizes[name] += sum(left.pop(path, 0) for path in found)
    sizes["rules that came later"] = sum(lines_of_rules(path) for path in left if path.parent.name == "rules")
    sizes["0.1.0"] = sum(left.values()) - sizes["rules that came later"]
    return sizes


def main() -> None:
    """Print the sizes, the largest first."""
    sizes = measure()
    for name, lines in sizes.most_common():
        print(f"{lines:>7,}  {name}")
    print(f"{sizes.total():>7,}  in all")


if __name__ == "__main__":
    main()
