"""What the real kustomize makes of random kustomizations, and what the tool makes of them."""
