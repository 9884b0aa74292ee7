"""What numbers say: deviations, change points, tests, forecasts; pure functions of arrays."""
