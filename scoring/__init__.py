"""What images say about a system: data sets, encoders, evaluation, reports."""
