"""What things mean: pure values and rules, standard library only."""
