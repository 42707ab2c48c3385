"""Reading declarations: from files to documents, and every problem in them."""
