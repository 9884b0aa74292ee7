"""New versions that earn their traffic: evidence, the states of a rollout, who keeps it, and deployments."""
