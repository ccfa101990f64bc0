"""The repo as git sees it: files, blobs, state, history and safe commits. The only place that imports git."""
