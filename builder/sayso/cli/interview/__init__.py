"""The interview that `sayso new` holds: questions, answers, and their checks."""
