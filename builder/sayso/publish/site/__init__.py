"""The site: pages made from a release, and the documents beside them."""
