"""How offices write: text, numbers, numbering, units, years and days, titles, labels. Knows nothing of the
project."""
