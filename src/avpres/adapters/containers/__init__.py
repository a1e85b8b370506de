"""What packages travel in: tar, compressed tar and zip, written and read; 7z read."""
