"""The spreadsheet kit: columns declared once give the blank template, the import and the export.

``columns`` declares, ``templates`` writes the blank workbook, ``imports`` reads a filled one (``layouts`` finds its rows),
``reports`` gives it back with the faults marked, ``exports`` writes data, ``plans`` compares with what is stored.
"""
