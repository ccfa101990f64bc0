"""Where agent values live in a repo, and what a deployment is called."""
