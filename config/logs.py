"""Log lines for machines: one JSON object per line, without personal data.

What people typed reaches logs through exception messages (a constraint's "Key (id_no)=(…)"), query
strings and paths. So an exception is logged as its type and the places it passed, and a request by
its route; the request id ties the lines of one request together.
"""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="")

# What tongban.access adds to its records; anything else in `extra` is not written.
FIELDS = ("method", "route", "status", "milliseconds", "user")


class JsonFormatter(logging.Formatter):
    """Writes time, level, logger, message, request id, and for an exception its type and places."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            # With an exception the message's arguments may quote it; the template alone says enough.
            "message": record.msg if record.exc_info else record.getMessage(),
        }
        if request_id.get():
            line["request_id"] = request_id.get()
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])
            line["exception"] = record.exc_info[0].__name__
            line["places"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False, default=str)
