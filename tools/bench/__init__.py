"""What our functions cost, beside what else one could have written: ``python -m tools.bench``."""
