"""Files on disk that others read and write: manifests and records, one module per format."""
