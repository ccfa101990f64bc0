"""The repo as git sees it: listing, blobs, state, history and safe commits. The only place that imports git."""
