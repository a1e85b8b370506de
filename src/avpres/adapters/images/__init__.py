"""Still images: what their headers tell, and what their samples are, read by two decoders."""
