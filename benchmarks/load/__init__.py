"""What `benchmarks/serve_load.py` is made of: cases, a generator of load, servers, and what these consume."""
