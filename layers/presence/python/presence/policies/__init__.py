"""Who may see or do what. Pure functions over loaded facts: they fetch nothing, and deny by default."""
