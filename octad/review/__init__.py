"""Reviews of code: units, candidates, analysers, suppressions and baselines around the one way to ask."""
