"""What watches over the nightly run."""
