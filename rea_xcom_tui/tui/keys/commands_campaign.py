"""The commands of campaigns, reviews and new deployments, as rows from which `commands.py` makes its entries."""

from __future__ import annotations

from typing import Literal

CampaignPlace = Literal["fleet", "campaign", "review", "new", "migration"]

Entry = tuple[str, str, str, str, str, CampaignPlace, str, str]
"""Id, title, help, keys, action, place, the keys as people read them, the word in the footer."""

CAMPAIGN: tuple[Entry, ...] = (
    ("campaign.new", "New deployment", "Add a deployment after the one under the cursor, in the repo's own layout.",
     "N", "new_deployment", "fleet", "N", ""),
    ("campaign.enable", "Turn XCom on", "Give the deployment under the cursor the settings that its siblings have.",
     "g N", "enable", "fleet", "g N", ""),
    ("campaign.start", "Start this wave", "Make its edits pending; c then proposes its branch and its message.",
     "enter", "start", "campaign", "Enter", "start"),
    ("campaign.earlier", "Earlier", "Move the wave above the one before it.",
     "K", "earlier", "campaign", "K", "earlier"),
    ("campaign.later", "Later", "Move the wave below the one after it.", "J", "later", "campaign", "J", "later"),
    ("campaign.force", "Start it out of order", "Even if an earlier wave is not merged yet.",
     "F", "force", "campaign", "F", ""),
    ("campaign.cut", "Cut again", "By environment, by percentages, or a few canaries first; kept in the plan's file.",
     "C", "cut", "campaign", "C", "cut again"),
    ("campaign.copy", "Copy the text", "Copy the text of the wave's pull request as Markdown.",
     "y", "copy", "campaign", "y", "copy text"),
    ("campaign.again", "Look again", "Check again where each wave stands.", "r", "again", "campaign", "r", "again"),
    ("campaign.back", "Back to the fleet", "", "escape,q", "back", "campaign", "Esc", "back"),
    ("review.open", "The values file", "Open the file of the deployment, as it is here.",
     "enter", "open", "review", "Enter", "file"),
    ("review.copy", "Copy the comment", "Copy the review as Markdown, for the pull request.",
     "y", "copy", "review", "y", "copy"),
    ("review.back", "Back to the fleet", "", "escape,q", "back", "review", "Esc", "back"),
    ("migration.copy", "Copy the command", "Copy the command that copies the stored values of this move.",
     "y", "copy", "migration", "y", "copy command"),
    ("migration.copy-all", "Copy all steps", "Copy all steps as Markdown.",
     "m", "copy_all", "migration", "m", "copy all"),
    ("migration.back", "Back to the fleet", "", "escape,q", "back", "migration", "Esc", "back"),
    ("new.write", "Write it", "Write the files that are shown; where a value is missing, the cursor goes there.",
     "enter", "write", "new", "Enter", "write"),
    ("new.next", "The other line", "From the name to the values, and back.",
     "tab", "next_line", "new", "Tab", "other line"),
    ("new.back", "Back, write nothing", "", "escape", "back", "new", "Esc", "back"),
)  # fmt: skip
