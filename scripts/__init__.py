"""Scripts around the project: not part of the package, and not needed to use it."""
