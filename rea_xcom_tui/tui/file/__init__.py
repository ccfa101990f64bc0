"""One values file on screen: its settings, its findings, and who wrote each line."""
