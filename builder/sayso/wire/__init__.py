"""What bytes look like: strict formats, standard library only."""
