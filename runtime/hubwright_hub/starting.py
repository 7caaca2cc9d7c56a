"""Follows launch.py from the hub's side: what it tells, and when JupyterLab has taken its place."""

import asyncio
import json
import os


class Starting:
    """One start of one server."""

    def __init__(self):
        self._reading_end, self.writing_end = os.pipe()
        self._reader = None
        self.port = None
        self.error = "It ended before JupyterLab could be started."
        self.events = [{"progress": 5, "message": "Preparing your server"}]

    def launched(self, plan, process):
        """Hand over the plan. The pipe's other end now belongs to that process alone, so its end can be noticed."""
        plan["status"] = self.writing_end
        try:
            # Smaller than a pipe's buffer in all sane cases; a process that died at once must not end the hub.
            process.stdin.write(json.dumps(plan).encode())
            process.stdin.close()
        except BrokenPipeError:
            pass
        os.close(self.writing_end)
        self.writing_end = None

    async def finished(self):
        """Returns JupyterLab's port, or None when launch.py ended without it."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        pipe = os.fdopen(self._reading_end, "rb", buffering=0)
        self._reading_end = None
        self._reader, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        while line := await reader.readline():
            self._take(json.loads(line))
        return self.port

    def _take(self, event):
        kind = event.get("event")
        if kind == "command":
            done = (event["number"] - 1) / event["count"]
            text = f"Running command {event['number']} of {event['count']}: {event['command']}"
            self.events.append({"progress": 10 + round(60 * done), "message": text})
        elif kind == "step":
            self.events.append({"progress": 8, "message": event["message"]})
        elif kind == "error":
            # Takes back a port told just before: the exec itself failed.
            self.port, self.error = None, event["message"]
        elif kind == "server":
            self.port = event["port"]
            self.events.append({"progress": 75, "message": "Starting JupyterLab"})

    def close(self):
        if self._reader is not None:
            self._reader.close()
        for descriptor in (self._reading_end, self.writing_end):
            if descriptor is not None:
                os.close(descriptor)
        self._reading_end = self.writing_end = None


def tail(path, start, most=2000):
    """The end of what a server wrote since it was started."""
    try:
        with open(path, "rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(start, file.tell() - most))
            return file.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""
