"""What cooks, restores and proves frames alike: order, workers, and the way back to the files."""
