"""JP2 (ISO/IEC 15444-1): codestreams by OpenJPEG's library, boxes by avpres, proof by others."""
