"""Programs that can move the bytes of a copy. Proof is the engine's, whatever moved them."""
