"""我的数据 (A9): what the hall holds about a person, copies of it, corrections, and closing the account (PIPL §15, §44–47)."""
