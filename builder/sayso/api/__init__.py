"""The Python interface: like the command, it reads the clock, and prints nothing."""
