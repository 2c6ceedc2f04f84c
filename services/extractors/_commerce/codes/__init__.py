"""What codes on a bill or a label say, beside what is printed there."""
