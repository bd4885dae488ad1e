"""A calm run: `snakemake --logger refractor`, which is what `refractor run` says.

Snakemake finds this module by its name and hands each of its log records to LogHandler; what is shown is decided in
refractor.cli.progress, which knows nothing of Snakemake. Annotations are values here: Snakemake makes options of them.
"""

import logging
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.settings import LogHandlerSettingsBase

from refractor.cli.progress import Job, Progress
from refractor.cli.screen import Screen

_SAID_BY_OTHER_WORDS = (
    "At least one job did not complete successfully",
    "Exiting because a job execution failed",
    "returned non-zero exit status",
    "died with <Signals.",
)
"""Parts of Snakemake's errors that only repeat what the failed step's log or the last line says."""

_NOTHING = "Nothing to be done"


@dataclass
class LogHandlerSettings(LogHandlerSettingsBase):
    """Options of this display on Snakemake's command line, each as --logger-refractor-NAME."""

    quiet: bool = field(
        default=False, metadata={"help": "Show only what failed, and the last line if anything did."}
    )


class LogHandler(LogHandlerBase):
    """Snakemake's log records as events of a Progress."""

    def __post_init__(self) -> None:
        """Open the screen. Snakemake's own --quiet is no help: it keeps back the events that are counted here."""
        settings, own = self.common_settings, self.settings
        # A full disk keeps no log of Snakemake's; what is full is said by the step that needs it.
        logging.raiseExceptions = False
        self.progress = Progress(
            Screen(sys.stdout if settings.stdout else sys.stderr),
            quiet=bool(settings.quiet) or (isinstance(own, LogHandlerSettings) and own.quiet),
            dry_run=settings.dryrun,
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Show what the record means; a fault of this display must not stop a run."""
        try:
            self._show(record, getattr(record, "event", None))
        except Exception:  # noqa: BLE001 - as every handler of logging does
            self.handleError(record)

    def close(self) -> None:
        """Say the last line."""
        self.progress.end()
        super().close()

    def _show(self, record: logging.LogRecord, event: str | None) -> None:
        fields: dict[str, Any] = vars(record)
        match event:
            case LogEvent.WORKFLOW_STARTED:
                self.progress.folder = Path(fields.get("cwd") or fields.get("rundir") or ".")
            case LogEvent.RUN_INFO:
                self.progress.plan(fields.get("stats") or {})
            case LogEvent.JOB_INFO:
                wildcards = dict(fields.get("wildcards") or {})
                self.progress.begin(fields["jobid"], Job(fields["rule_name"], wildcards.get("sample")))
            case LogEvent.JOB_FINISHED:
                self.progress.finish(fields["job_id"])
            case LogEvent.JOB_ERROR:
                logs = [Path(path) for path in fields.get("log") or ()]
                self.progress.fail(fields["jobid"], Job(fields["rule_name"], None), logs)
            case LogEvent.ERROR | None:
                self._say(record)

    def _say(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.levelno >= logging.ERROR:
            if not any(words in text for words in _SAID_BY_OTHER_WORDS):
                self.progress.error(text)
        elif record.levelno == logging.WARNING:
            self.progress.warn(text)
        elif text.startswith(_NOTHING):
            self.progress.nothing_to_do()

    @property
    def writes_to_stream(self) -> bool:
        """It takes the place of Snakemake's own display."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """Snakemake's log file stays as it is."""
        return False

    @property
    def has_filter(self) -> bool:
        """It chooses itself."""
        return True

    @property
    def has_formatter(self) -> bool:
        """It words itself."""
        return True

    @property
    def needs_rulegraph(self) -> bool:
        """It counts; it draws nothing."""
        return False
