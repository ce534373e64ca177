"""Campaign customers: who responds to which campaign."""
