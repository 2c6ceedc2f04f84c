"""What is about neither OCR nor HTTP."""
