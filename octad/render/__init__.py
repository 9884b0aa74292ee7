"""Reports to terminal, JSON, SARIF and HTML; renderers know findings and blocks only."""
