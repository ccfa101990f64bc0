"""Random edits in layers that deployments share, proved by the real engines."""
