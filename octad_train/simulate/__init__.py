"""Systems, faults and logs made by formulas."""
