"""The rules that packages keep: their ids, levels and words, and what one document says of them."""
