"""Making a release: from declarations to signed data and a site."""
