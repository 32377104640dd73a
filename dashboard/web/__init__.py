"""The pages: each is a folder. They show what was recorded, and fetch nothing."""
