"""Cost as the collection grows: builds and searches collections of a thousand to a million."""
