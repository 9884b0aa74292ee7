"""The past of a repository: its log as commits, and what they measure; below reading and mining."""
