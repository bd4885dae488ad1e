"""What the cohort's rules find in other tumours: a reference cohort that the user names, in the layout of cBioPortal."""
