"""Rules that turn answers into advice: stated, without learning, open to be overruled."""
