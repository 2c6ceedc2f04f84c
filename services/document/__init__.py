"""The recognised document: its values, their JSON form and the geometry of pages."""
