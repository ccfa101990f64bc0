"""A Helm values file as text: exact spans, the values Helm reads, and edits with their proof."""
