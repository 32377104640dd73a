"""What a namespace shows of the lab at a moment: each item with its proof, and what it is worth.

Pure: values in, values out. What nobody saw is not checked or cannot be told, and costs nothing.
"""
