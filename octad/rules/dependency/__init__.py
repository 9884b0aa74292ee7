"""What imports of a repository add up to."""
