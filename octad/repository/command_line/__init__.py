"""Options and commands that Python programs declare with argparse, click and typer, read and never run."""
