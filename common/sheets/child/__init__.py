"""What runs in the process that opens workbooks from strangers. Imports nothing of the hall outside this package."""
