"""What more than one chapter shows or computes, a theme a file."""
