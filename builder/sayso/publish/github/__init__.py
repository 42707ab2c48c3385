"""GitHub: what its events say, and what a pull request is answered there.

No authority comes from here but two facts that Git does not have: which account opened
a pull request, and which one pushed to it.
"""
