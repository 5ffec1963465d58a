"""Builders of pages in the layouts that life shows, with the cells that each must give back."""
