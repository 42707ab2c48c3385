"""Who may have made which change: facts from files, for the ruling of the model."""
