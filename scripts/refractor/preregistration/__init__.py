"""What a trial will be judged by, written down before it is: rules, cohort file, thresholds and code, with their date."""
