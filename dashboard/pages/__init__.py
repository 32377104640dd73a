"""What the pages of one namespace show, made ready for templates. Pure: no queries, no clock."""
