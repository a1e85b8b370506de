"""avpres: verified copies, proofs of fixity and packages for audiovisual archives."""

__version__ = "0.1.0"
