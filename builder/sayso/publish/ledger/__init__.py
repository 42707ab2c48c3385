"""The ledger: what an operator has signed, kept before anybody else sees it.

A folder, or a branch of a Git repository, with the log and the files of TUF under the
paths by which they are published. Nothing is published that it does not hold, so that
after a crash the same bytes go out, and the log never shows two trees of one size.
"""
