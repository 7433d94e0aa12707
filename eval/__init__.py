"""Measuring it: questions with gold quotes, retrieval measures, comparison of modes."""
