"""Files that people have: their bytes as text, and their text as rows of cells."""
