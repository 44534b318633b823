"""Views of the hall: public pages, help and settings of a visitor, portal homes, error pages."""
