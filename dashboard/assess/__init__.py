"""What a snapshot and its observations mean: the pure middle, without queries or a clock."""
