"""Files that hold many frames: `avi.read_clip` reads what they hold, `avi.pieces` cuts them."""
