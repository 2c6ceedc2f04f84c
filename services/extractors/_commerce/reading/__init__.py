"""What documents of trade are read by: lines and labels, words, amounts, currencies, dates and places."""
