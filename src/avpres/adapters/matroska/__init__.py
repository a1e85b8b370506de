"""Matroska (RFC 9559) on EBML (RFC 8794): our own writer and reader."""
