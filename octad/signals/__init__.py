"""What numbers say: deviations, change points, judges, forecasts; pure functions of arrays."""
