"""Reports to terminal, JSON, SARIF, HTML and what build servers read; renderers know findings and blocks only."""
