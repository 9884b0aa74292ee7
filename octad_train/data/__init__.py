"""Sources of labelled cases."""
