"""Order, covers, moving and copying many pins."""
