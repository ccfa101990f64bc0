"""Work away from the screen, and the screens that are built around it."""
