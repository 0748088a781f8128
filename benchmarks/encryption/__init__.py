"""What payload encryption costs, paired with the SDK's plain converter."""
