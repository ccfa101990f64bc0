"""Examples for every command, at the end of its help and in its man page; tests hold them against the options."""

from __future__ import annotations

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "": (
        ("rea-xcom-tui", "open the fleet of the repo around the current folder"),
        ("rea-xcom-tui --read-only ~/gitops", "look at another repo, and make sure that nothing is written"),
        ("rea-xcom-tui demo", "try it on a made-up repo"),
    ),
    "demo": (("rea-xcom-tui demo --sample azure-fleet ~/demo", "create another sample in a folder of your choice"),),
    "list": (
        ("rea-xcom-tui list env:prod 'threshold:>0'", "which prod deployments keep values in the database"),
        ("rea-xcom-tui list --columns name,path,layers --format csv", "some columns, for a spreadsheet"),
        ("rea-xcom-tui list path:? --format json", "which have no path, for a program"),
    ),
    "check": (
        ("rea-xcom-tui check", "everything; exit code 1 when there is an error"),
        ("rea-xcom-tui check --changed-since origin/main --fail-on warning", "what a branch introduces"),
        ("rea-xcom-tui check --fix env:dev --write", "fix what can be fixed automatically"),
    ),
    "show": (("rea-xcom-tui show etl --ref v1.2", "one deployment as it was in a revision"),),
    "set": (
        ("rea-xcom-tui set threshold=0 --where 'env:prod threshold:>0'", "show the diff, write nothing"),
        ("rea-xcom-tui set threshold=1MiB --where name:etl --commit -m 'Larger values only'", "write and commit"),
        ("rea-xcom-tui set 'path=s/old-xcom/new-xcom/' --where 'path:*old-xcom*' --plan move.json", "save the plan"),
    ),
    "unset": (("rea-xcom-tui unset compression --where compression:zip --write", "remove a field"),),
    "apply": (("rea-xcom-tui apply move.json --commit --branch xcom/move", "carry out a saved plan"),),
    "diff": (
        ("rea-xcom-tui diff origin/main...HEAD --format markdown", "what this branch changes, for its description"),
        ("rea-xcom-tui diff v1.2..v1.3", "two revisions, by deployment and field"),
    ),
    "drift": (
        ("rea-xcom-tui drift env:prod", "what differs from the baseline, or from most of the group"),
        ("rea-xcom-tui drift --cluster prod-eu --namespace airflow", "what runs there that differs from Git"),
        ("rea-xcom-tui drift name:etl --ignore 'a load test' --expires 2027-01-31 --write", "accept a difference"),
    ),
    "push": (("rea-xcom-tui push", "show what will be pushed, ask, push"),),
    "history": (("rea-xcom-tui history etl threshold", "who changed it, when, from what to what"),),
    "revert": (("rea-xcom-tui revert HEAD --write", "put back every field that a commit changed"),),
    "undo": (
        ("rea-xcom-tui undo", "take back the newest write"),
        ("rea-xcom-tui undo --finish", "finish one that a crash cut off"),
    ),
    "explain": (("rea-xcom-tui explain XC402", "what a rule means, why it matters, what to write instead"),),
    "probe": (
        ("rea-xcom-tui probe etl --kubectl=prod-eu", "a round trip from a running worker"),
        ("rea-xcom-tui probe etl --print > probe.py", "a script to run where only you have access"),
    ),
    "review": (("rea-xcom-tui review origin/topic --format markdown", "what a branch changes, for its reviewer"),),
    "promote": (("rea-xcom-tui promote path threshold --from env:staging --to env:prod", "see what would be carried"),),
    "new": (
        ("rea-xcom-tui new billing-exports --from billing-etl", "see what a deployment like another one would be"),
        ("rea-xcom-tui new billing-exports --from ~/values.yaml --like billing-etl --commit", "from a download"),
    ),
    "enable": (("rea-xcom-tui enable clusters/prod/etl/values.yaml", "see the block that its siblings have"),),
    "migrate": (("rea-xcom-tui migrate move.json --format markdown", "what a move of paths does, and its order"),),
    "wave": (("rea-xcom-tui wave plan move.json --by env", "cut a saved plan into waves"),),
    "wave plan": (
        ("rea-xcom-tui wave plan move.json --by env", "cut a saved plan into waves, one for each environment"),
        ("rea-xcom-tui wave plan move.json --by percent --steps 10,50,100", "a tenth first, then half, then all"),
    ),
    "wave start": (("rea-xcom-tui wave start move.json --commit", "make the next wave, on a branch of its own"),),
    "wave text": (("rea-xcom-tui wave text move.json dev", "the text of a wave's pull request"),),
    "wave status": (("rea-xcom-tui wave status move.json", "which are proposed, merged or running"),),
    "config": (("rea-xcom-tui config check", "whether the configuration files are valid"),),
    "config path": (("rea-xcom-tui config path", "where the files are"),),
    "config show": (("rea-xcom-tui config show", "what is in force"),),
    "config check": (("rea-xcom-tui config check", "whether the configuration files are valid"),),
    "config suggest": (("rea-xcom-tui config suggest", "entries for layers that only a CI job's command names"),),
    "schema": (("rea-xcom-tui schema config > .rea-xcom-tui.schema.json", "for an editor to check the file against"),),
    "completion": (
        ("rea-xcom-tui completion zsh --install", "install completion and man pages for your user only"),
        ("rea-xcom-tui completion bash > /etc/bash_completion.d/rea-xcom-tui", "for everybody on the machine"),
    ),
    "lsp": (("rea-xcom-tui lsp", "what an editor starts"),),
    "serve": (
        ("rea-xcom-tui serve", "look at the fleet in a browser, at the address that is printed"),
        ("rea-xcom-tui serve --writable --port 0", "edit there as well, on any free port"),
    ),
    "debug": (("rea-xcom-tui debug", "versions and the shape of the repo, for a bug report"),),
}
"""By the words behind the program's name; each a line to type and what it does."""


def epilog(path: str) -> str | None:
    """The examples of a command as click prints them below the options; None where there are none."""
    examples = EXAMPLES.get(path)
    if not examples:
        return None
    lines = [line for example, what in examples for line in (f"  {example}", f"      {what}")]
    return "\n".join(["\b", "Examples:", *lines])
