"""Use cases: load, ask the policy, write. HTTP handlers and stream handlers call the same services."""
