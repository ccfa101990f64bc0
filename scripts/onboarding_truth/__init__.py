"""What the real Helm renders for a deployment that `new` has added, in each layout."""
