"""Values, ids, errors and the clock. Standard library only; imports nothing from the rest of the package."""
