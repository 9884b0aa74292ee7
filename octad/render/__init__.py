"""Reports to terminal, JSON, SARIF, HTML and build servers; renderers know findings and blocks only."""
