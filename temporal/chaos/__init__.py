"""Kill what runs, at an observed point, and check what the survivors say."""
