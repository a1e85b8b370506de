"""The words of the field: digests, manifests, events, findings, exit statuses. No I/O."""
