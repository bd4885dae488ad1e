"""The cohort as a study folder that cBioPortal imports."""
