"""Labels of goods: by what number an article goes, how much of it there is, what it costs and how long it keeps."""
