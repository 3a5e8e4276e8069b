"""What is counted where scans are read; the model server's own figures are in ``model_metrics``."""

from prometheus_client import Counter, Histogram

SCANS = Counter("ocr_scans_total", "Attempts to read a scan by what came of them", ["outcome"])
READ_SECONDS = Histogram(
    "ocr_scan_read_seconds",
    "Time of one attempt to read a scan, from claim to stored",
    buckets=(0.5, 1, 2, 3, 5, 8, 13, 21, 34, 60),
)
FILES = Counter("ocr_files_discarded_total", "Files deleted by the clock, and why", ["reason"])
