"""The baseline file: what a team declares about its fleet."""

BASELINE_FILE = ".rea-xcom.yaml"
"""The baseline file, in the root of the repo, tracked by git like everything else."""
