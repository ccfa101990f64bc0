"""The repo on screen: branches, history, revisions, log, problems."""
