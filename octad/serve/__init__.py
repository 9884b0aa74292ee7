"""The server: every agent over HTTP, in worker processes, with versions, rollouts and monitoring."""
