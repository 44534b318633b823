"""The message centre (消息中心, B4) and what leaves the hall by short message and e-mail."""
