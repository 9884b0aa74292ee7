"""What each rule means: one place for its message, its example, its veto and its repair."""
