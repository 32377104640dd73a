"""What several pages share: the frame, times, charts, and how a page stays up to date."""
